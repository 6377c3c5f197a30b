import Glibc

/// The values before the sign, as far as they are kept: how far bits are from falling the other way.
package struct MarginStatistics: Sendable, Equatable {
  /// How many tokens were looked at.
  package var tokens: Int
  /// The mean of |z| of each bit, most significant first.
  package var magnitude: [Double]
  /// How often |z| lies in each part of 0…`limit`; what is larger is in the last.
  package var histogram: [Int]

  package static let limit = 3.0
  package static let parts = 60
  /// Beyond k|z| = 5.986 the derivative of σ(kz) is below 1 % of its peak: an entropy term of slope k
  /// no longer moves a bit.
  package static let reach = 5.986

  /// Nil where no values are kept.
  init?(of level: TokenLevel) {
    guard !level.margins.isEmpty, level.bits > 0 else { return nil }
    var sums = [Double](repeating: 0, count: level.bits)
    histogram = [Int](repeating: 0, count: Self.parts)
    tokens = 0
    let scale = Float(Double(Self.parts) / Self.limit)
    let most = 1 << 16
    for step in level.margins.keys.sorted() where tokens < most {
      guard let values = level.margins[step] else { continue }
      tokens += values.count / level.bits
      for (index, value) in values.enumerated() {
        let size = abs(Float(value))
        guard size.isFinite else { continue }
        sums[index % level.bits] += Double(size)
        histogram[min(Self.parts - 1, Int(min(size * scale, 1e6)))] += 1
      }
    }
    let count = Double(max(1, tokens))
    magnitude = sums.map { $0 / count }
  }

  package init(tokens: Int, magnitude: [Double], histogram: [Int]) {
    (self.tokens, self.magnitude, self.histogram) = (tokens, magnitude, histogram)
  }

  /// The share of all |z| that an entropy term of this slope still moves; to the width of a part of
  /// the histogram.
  package func shareInReach(slope: Double) -> Double {
    let all = histogram.reduce(0, +)
    guard all > 0, slope > 0 else { return 0 }
    let edge = Self.reach / slope / Self.limit * Double(Self.parts)
    guard edge < Double(Self.parts) else { return 1 }
    let whole = Int(edge)
    let inside = Double(histogram.prefix(whole).reduce(0, +))
    return (inside + Double(histogram[whole]) * (edge - Double(whole))) / Double(all)
  }
}
