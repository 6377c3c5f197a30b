import Foundation
import TestSupport
import TokenizerEngine
import VideoIO

/// A folder of numbered pictures, frame `i` in one grey that no other frame has.
struct PictureClip {
  let folder: TemporaryFolder
  let request: ClipRequest

  init(frames: Int, width: Int = 64, height: Int = 32) throws {
    folder = try TemporaryFolder()
    for index in 0..<frames {
      let number = String(index)
      let name = "frame" + String(repeating: "0", count: 4 - number.count) + number + ".ppm"
      var bytes = Array("P6\n\(width) \(height)\n255\n".utf8)
      let grey = UInt8((index * 7 + 13) % 256)
      bytes += [UInt8](repeating: grey, count: 3 * width * height)
      try Data(bytes).write(to: URL(fileURLWithPath: folder.file(name)))
    }
    request = ClipRequest(path: folder.path, size: .native)
  }
}
