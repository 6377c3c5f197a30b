import Tensors
import Tokenization

/// What the judge sees of a clip: five frames from first to last, black outside a box.
package struct JudgeView: Sendable {
  package static let frames = 5
  /// Width and height in pixels.
  package static let size = 64
  /// Red, green and blue in −1…1 within the box, and the box.
  static let channels = 4

  /// [5, 64, 64, 4].
  let values: [Float]

  /// - Parameter pixels: RGB bytes [frames, 64, 64, 3].
  package init(pixels: [UInt8], frames: Int, box: PixelBox) {
    let (size, area) = (Self.size, Self.size * Self.size)
    precondition(
      frames > 0 && pixels.count == frames * area * 3,
      "\(pixels.count) bytes are not \(frames) frames of \(size)x\(size).")
    var values = [Float](repeating: 0, count: Self.frames * area * Self.channels)
    for step in 0..<Self.frames {
      let frame = (step * (frames - 1) + (Self.frames - 1) / 2) / (Self.frames - 1)
      for y in box.rows {
        for x in box.columns {
          let from = 3 * (frame * area + y * size + x)
          let to = Self.channels * (step * area + y * size + x)
          for channel in 0..<3 { values[to + channel] = Float(pixels[from + channel]) / 127.5 - 1 }
          values[to + 3] = 1
        }
      }
    }
    self.values = values
  }

  /// [N, 5, 64, 64, 4].
  package static func batch(_ views: [JudgeView]) -> Tensor {
    Tensor(views.flatMap(\.values), shape: [views.count, frames, size, size, channels])
  }
}
