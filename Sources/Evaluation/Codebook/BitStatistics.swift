import Tensors
import Tokenization

/// What the single bits of a level's codes do, and what they do together.
package struct BitStatistics: Sendable, Equatable {
  /// P(1) of each bit, most significant first.
  package let shareOfOnes: [Double]
  /// The entropy of each bit, at most 1.
  package let entropy: [Double]
  /// φ of each pair of bits, [B, B]; 0 where a bit never changes.
  package let correlation: [[Double]]
  /// What whole codes tell; nil where only counts of bits are known.
  package let joint: JointBits?

  /// Σ of the bit entropies less the joint entropy, in bits: how much the bits repeat each other.
  ///
  /// Biased upwards where there are fewer tokens than codes.
  package var totalCorrelation: Double? { joint?.totalCorrelation }
  /// The same less what it is when each bit's column is shuffled on its own: bias removed.
  package var excessTotalCorrelation: Double? { joint?.excessTotalCorrelation }

  /// Bits that are 1 in less than 2 % or more than 98 % of the tokens, numbered from 0.
  package var dead: [Int] { dead(within: AlertThresholds().deadShare) }

  /// Bits whose P(1) lies within `edge` of 0 or 1.
  package func dead(within edge: Double) -> [Int] {
    shareOfOnes.indices.filter { min(shareOfOnes[$0], 1 - shareOfOnes[$0]) < edge }
  }

  /// Nil for codes that are not bits, and for no codes at all.
  init?(of histogram: CodeHistogram, seed: UInt64) {
    guard let bits = histogram.bits, histogram.tokens > 0 else { return nil }
    let ones = BitStatistics.pairCounts(of: histogram, bits: bits)
    let marginals = BitStatistics(jointOnes: ones, tokens: histogram.tokens)
    self.init(
      shareOfOnes: marginals.shareOfOnes, entropy: marginals.entropy,
      correlation: marginals.correlation,
      joint: JointBits(of: histogram, bits: bits, seed: seed))
  }

  /// - Parameter ones: how often bits i and j are both 1, [B, B]; the diagonal counts each bit.
  package init(jointOnes ones: [[Int]], tokens: Int) {
    let total = Double(max(tokens, 1))
    let shares = ones.indices.map { Double(ones[$0][$0]) / total }
    self.init(
      shareOfOnes: shares, entropy: shares.map(UsageEstimators.binaryEntropy),
      correlation: BitStatistics.correlations(ones, tokens: total), joint: nil)
  }

  private init(
    shareOfOnes: [Double], entropy: [Double], correlation: [[Double]], joint: JointBits?
  ) {
    self.shareOfOnes = shareOfOnes
    self.entropy = entropy
    self.correlation = correlation
    self.joint = joint
  }

  /// How often bits i and j are both 1, [B, B]; the diagonal counts the ones of each bit.
  private static func pairCounts(of histogram: CodeHistogram, bits: Int) -> [[Int]] {
    var counts = [Int](repeating: 0, count: bits * bits)
    for (code, count) in histogram.counts {
      for first in 0..<bits where code >> UInt32(bits - 1 - first) & 1 == 1 {
        for second in first..<bits where code >> UInt32(bits - 1 - second) & 1 == 1 {
          counts[first * bits + second] += count
        }
      }
    }
    return (0..<bits).map { row in
      (0..<bits).map { counts[min(row, $0) * bits + max(row, $0)] }
    }
  }

  /// The correlation of two bits: φ = (N n11 − n1· n·1) / √(n1· n0· n·1 n·0).
  private static func correlations(_ ones: [[Int]], tokens: Double) -> [[Double]] {
    ones.indices.map { first in
      ones.indices.map { second in
        let (a, b) = (Double(ones[first][first]), Double(ones[second][second]))
        let scale = (a * (tokens - a) * b * (tokens - b)).squareRoot()
        return scale > 0 ? (tokens * Double(ones[first][second]) - a * b) / scale : 0
      }
    }
  }
}
