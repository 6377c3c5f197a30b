import Tensors
import Tokenization

/// What the judge sees of a clip: five frames from first to last, black outside a box.
package struct JudgeView: Sendable {
  package static let frames = 5
  /// Width and height in pixels.
  package static let size = 64
  /// Red, green and blue in −1…1 within the box, the box, and the three with mean 0 and variance 1
  /// over the box; then how far a pixel is from the empty scene, where that is known.
  static let channels = 8

  /// RGB bytes [5, 64, 64, 3].
  private var pixels: [UInt8]
  private var empty: [UInt8]?
  private let box: PixelBox

  /// - Parameters:
  ///   - pixels: RGB bytes [frames, 64, 64, 3].
  ///   - empty: the same scene without an object.
  package init(pixels: [UInt8], empty: [UInt8]? = nil, frames: Int, box: PixelBox) {
    self.box = box
    self.pixels = Self.seen(of: pixels, frames: frames)
    self.empty = empty.map { Self.seen(of: $0, frames: frames) }
  }

  private static func seen(of pixels: [UInt8], frames: Int) -> [UInt8] {
    let plane = size * size * 3
    precondition(
      frames > 0 && pixels.count == frames * plane,
      "\(pixels.count) bytes are not \(frames) frames of \(Self.size)x\(Self.size).")
    return (0..<Self.frames).flatMap { step in
      let frame = (step * (frames - 1) + (Self.frames - 1) / 2) / (Self.frames - 1)
      return pixels[frame * plane..<(frame + 1) * plane]
    }
  }

  /// As a codec might have left it.
  package func blemished(_ random: inout RandomSource) -> JudgeView {
    var blemishes = JudgeBlemishes(random: &random)
    var view = self
    view.pixels = blemishes.applied(to: pixels, isEmpty: false)
    view.empty = empty.map { blemishes.applied(to: $0, isEmpty: true) }
    return view
  }

  /// [steps, 64, 64, 8], seen in one of eight ways: 1 mirrors x, 2 mirrors y, 4 exchanges the two at
  /// last.
  func values(of steps: Range<Int> = 0..<frames, turned turn: Int = 0) -> [Float] {
    let size = Self.size
    var values = [Float](repeating: 0, count: steps.count * size * size * Self.channels)
    let (means, deviations) = moments
    for step in steps {
      for y in box.rows {
        for x in box.columns {
          let from = 3 * ((step * size + y) * size + x)
          let (right, down) = (turn & 1 == 0 ? x : size - 1 - x, turn & 2 == 0 ? y : size - 1 - y)
          let (column, row) = turn & 4 == 0 ? (right, down) : (down, right)
          let to = Self.channels * (((step - steps.lowerBound) * size + row) * size + column)
          for channel in 0..<3 {
            let value = Float(pixels[from + channel]) / 127.5 - 1
            values[to + channel] = value
            values[to + 4 + channel] = (value - means[channel]) / deviations[channel]
          }
          values[to + 3] = 1
          values[to + 7] = distance(at: from)
        }
      }
    }
    return values
  }

  /// From the empty scene, 0…1, of the pixel whose red is at `index`; 1 is an eighth of all that
  /// three channels can differ.
  private func distance(at index: Int) -> Float {
    guard let empty else { return 0 }
    let sum = (0..<3).reduce(0) { sum, channel in
      sum + abs(Int(pixels[index + channel]) - Int(empty[index + channel]))
    }
    return min(1, Float(sum) / 96)
  }

  /// Of red, green and blue over the box of all frames.
  private var moments: (means: [Float], deviations: [Float]) {
    var (sums, squares) = ([Float](repeating: 0, count: 3), [Float](repeating: 0, count: 3))
    for step in 0..<Self.frames {
      for y in box.rows {
        for x in box.columns {
          let from = 3 * ((step * Self.size + y) * Self.size + x)
          for channel in 0..<3 {
            let value = Float(pixels[from + channel]) / 127.5 - 1
            sums[channel] += value
            squares[channel] += value * value
          }
        }
      }
    }
    let count = Float(Self.frames * box.width * box.height)
    let means = sums.map { $0 / count }
    let deviations = zip(squares, means).map { square, mean in
      max((square / count - mean * mean).squareRoot(), 0.02)
    }
    return (means, deviations)
  }

  /// [N, 5, 64, 64, 8], each view turned as `turns` says, where given.
  package static func batch(_ views: [JudgeView], turns: [Int]? = nil) -> Tensor {
    let values = views.enumerated().flatMap { index, view in
      view.values(turned: turns?[index] ?? 0)
    }
    return Tensor(values, shape: [views.count, frames, size, size, channels])
  }

  /// [N, 1, 64, 64, 8]: one of the five frames of each view.
  package static func batch(_ views: [JudgeView], steps: [Int], turns: [Int]) -> Tensor {
    let values = views.indices.flatMap { index in
      views[index].values(of: steps[index]..<steps[index] + 1, turned: turns[index])
    }
    return Tensor(values, shape: [views.count, 1, size, size, channels])
  }
}
