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
  /// Σ of the bit entropies less the joint entropy, in bits: how much the bits repeat each other.
  ///
  /// Biased upwards where there are fewer tokens than codes.
  package let totalCorrelation: Double
  /// The same less what it is when each bit's column is shuffled on its own: bias removed.
  package let excessTotalCorrelation: Double

  /// Bits that are 1 in less than 2 % or more than 98 % of the tokens, numbered from 0.
  package var dead: [Int] {
    shareOfOnes.indices.filter { shareOfOnes[$0] < 0.02 || shareOfOnes[$0] > 0.98 }
  }

  /// Nil for codes that are not bits, and for no codes at all.
  init?(of histogram: CodeHistogram, seed: UInt64) {
    guard let bits = histogram.bits, histogram.tokens > 0 else { return nil }
    let ones = BitStatistics.pairCounts(of: histogram, bits: bits)
    let tokens = Double(histogram.tokens)
    shareOfOnes = (0..<bits).map { Double(ones[$0][$0]) / tokens }
    entropy = shareOfOnes.map(UsageEstimators.binaryEntropy)
    correlation = BitStatistics.correlations(ones, tokens: tokens)

    // Summed by rank: a dictionary's own order differs from run to run, and so would the last digit.
    let joint = UsageEstimators.entropyInBits(histogram.ranked.map(\.count))
    let shuffled = BitStatistics.shuffledEntropy(
      ones: (0..<bits).map { ones[$0][$0] }, tokens: histogram.tokens, seed: seed)
    totalCorrelation = entropy.reduce(0, +) - joint
    excessTotalCorrelation = shuffled - joint
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

  /// The joint entropy, in bits, of codes whose columns keep their ones but lose their order.
  private static func shuffledEntropy(ones: [Int], tokens: Int, seed: UInt64) -> Double {
    var random = RandomSource(seed: seed)
    var codes = [UInt32](repeating: 0, count: tokens)
    for count in ones {
      // Selection sampling (Knuth, algorithm S): exactly `count` ones, every arrangement alike.
      var wanted = count
      for index in codes.indices {
        codes[index] <<= 1
        guard random.uniform() * Double(tokens - index) < Double(wanted) else { continue }
        codes[index] |= 1
        wanted -= 1
      }
    }
    codes.sort()
    return UsageEstimators.entropyInBits(runLengths(of: codes))
  }

  private static func runLengths(of sorted: [UInt32]) -> [Int] {
    var lengths: [Int] = []
    var start = 0
    for index in 1...sorted.count where index == sorted.count || sorted[index] != sorted[start] {
      lengths.append(index - start)
      start = index
    }
    return lengths
  }
}
