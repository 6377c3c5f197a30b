import Tensors

/// What a judge must see through: pictures that a codec has gone over are blurred, a little off in
/// their colours, and other than the empty scene in places where nothing is.
package struct JudgeBlemishes: Sendable {
  /// How often neighbours are averaged, with weights 1, 2, 1 along each axis.
  private let blurs: Int
  /// Of red, green and blue.
  private let gains: [Float]
  /// Added to cells of 8 by 8 pixels, red, green and blue, and interpolated between them.
  private let offsets: [Float]
  /// Standard deviation of what is added to each value.
  private let noise: Double
  private var random: RandomSource

  private static let cells = 9

  package init(random: inout RandomSource) {
    blurs = random.integer(below: 5)
    gains = (0..<3).map { _ in Float(random.uniform(in: 0.92...1.08)) }
    let reach = random.uniform() < 0.3 ? 0 : random.uniform(in: 0...40)
    // Some places are hit and others are not.
    offsets = (0..<Self.cells * Self.cells).flatMap { _ -> [Float] in
      let strength = random.uniform() < 0.5 ? 0 : reach
      return (0..<3).map { _ in Float(random.normal() * strength) }
    }
    noise = random.uniform(in: 0...6)
    self.random = random.split()
  }

  /// RGB bytes [frames, 64, 64, 3]; an empty scene is blurred like the rest, but keeps its colours.
  mutating func applied(to pixels: [UInt8], isEmpty: Bool) -> [UInt8] {
    let size = JudgeView.size
    var values = pixels.map { Float($0) }
    let rows = size * 3
    for _ in 0..<blurs {
      Self.blur(&values, stride: 3, length: size)
      Self.blur(&values, stride: rows, length: size)
    }
    return values.indices.map { index in
      var value = values[index]
      if !isEmpty {
        let (channel, x, y) = (index % 3, index / 3 % size, index / rows % size)
        value = value * gains[channel] + offset(x: x, y: y, channel)
      }
      value += Float(random.normal() * noise)
      return UInt8(min(255, max(0, value.rounded())))
    }
  }

  private func offset(x: Int, y: Int, _ channel: Int) -> Float {
    let (column, row) = (x / 8, y / 8)
    let (right, down) = (Float(x % 8) / 8, Float(y % 8) / 8)
    func at(_ row: Int, _ column: Int) -> Float {
      offsets[3 * (row * Self.cells + column) + channel]
    }
    let upper = at(row, column) * (1 - right) + at(row, column + 1) * right
    let lower = at(row + 1, column) * (1 - right) + at(row + 1, column + 1) * right
    return upper * (1 - down) + lower * down
  }

  /// Along one axis of every frame; the edges stay.
  private static func blur(_ values: inout [Float], stride: Int, length: Int) {
    let old = values
    for index in values.indices {
      let place = index / stride % length
      guard place > 0, place < length - 1 else { continue }
      values[index] = (old[index - stride] + 2 * old[index] + old[index + stride]) / 4
    }
  }
}
