import Tokenization

/// What one dimension of FSQ codes does.
package struct DimensionStatistics: Sendable, Equatable {
  /// How often each of its values occurs, over all tokens.
  package let shares: [Double]
  /// Plug-in, in bits; log2 of the number of values at most.
  package let entropy: Double

  /// The entropy over the most that there could be.
  package var evenness: Double {
    entropy / UsageEstimators.entropyInBits(shares.map { _ in 1 })
  }

  /// Nil for codes that are not made of dimensions, and for no codes.
  static func all(of histogram: CodeHistogram) -> [DimensionStatistics]? {
    guard let sizes = histogram.dimensions, histogram.tokens > 0 else { return nil }
    var counts = sizes.map { [Int](repeating: 0, count: $0) }
    for (code, count) in histogram.counts {
      var rest = Int(code)
      for (dimension, size) in sizes.enumerated() {
        counts[dimension][rest % size] += count
        rest /= size
      }
    }
    return counts.map { counts in
      DimensionStatistics(
        shares: counts.map { Double($0) / Double(histogram.tokens) },
        entropy: UsageEstimators.entropyInBits(counts))
    }
  }
}
