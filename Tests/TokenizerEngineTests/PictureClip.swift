import Foundation
import TestSupport
import TokenizerEngine
import VideoIO

/// A folder of numbered pictures, frame `i` in one grey of its own, or textured and moving.
struct PictureClip {
  let folder: TemporaryFolder
  let request: ClipRequest

  init(
    frames: Int, width: Int = 64, height: Int = 32, isTextured: Bool = false
  ) throws {
    folder = try TemporaryFolder()
    for index in 0..<frames {
      let number = String(index)
      let name = "frame" + String(repeating: "0", count: 4 - number.count) + number + ".ppm"
      var bytes = Array("P6\n\(width) \(height)\n255\n".utf8)
      let grey = UInt8((index * 7 + 13) % 256)
      for place in 0..<3 * width * height {
        let pattern = place / 3 % width * 5 + place / 3 / width * 11 + place % 3 * 60
        bytes.append(isTextured ? UInt8((pattern + index * 9) % 256) : grey)
      }
      try Data(bytes).write(to: URL(fileURLWithPath: folder.file(name)))
    }
    request = ClipRequest(path: folder.path, size: .native)
  }
}
