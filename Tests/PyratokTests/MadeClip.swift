import Foundation
import Tensors
import TestSupport
import VideoIO

/// Lossless clips of any size and length: a drifting wave with a little noise.
enum MadeClip {
  static func frames(_ count: Int, width: Int, height: Int, seed: UInt64 = 1) -> [Frame] {
    var random = RandomSource(seed: seed)
    return (0..<count).map { index in
      var pixels: [UInt8] = []
      pixels.reserveCapacity(width * height * 3)
      for y in 0..<height {
        for x in 0..<width {
          for channel in 0..<3 {
            let phase = 0.11 * Double(x + 3 * index) + 0.07 * Double(y) + Double(channel)
            pixels.append(UInt8(120 + 80 * sin(phase) + random.uniform() * 40))
          }
        }
      }
      return Frame(width: width, height: height, pixels: pixels, time: Double(index) / 24)
    }
  }

  /// By the ending of `path`: .mkv, or a folder of pictures.
  static func write(_ frames: [Frame], to path: String) throws {
    let writer = try makeWriter(
      path: path, width: frames[0].width, height: frames[0].height, frameRate: Rational(24, 1))
    for frame in frames { try writer.append(frame) }
    try writer.finish()
  }
}
