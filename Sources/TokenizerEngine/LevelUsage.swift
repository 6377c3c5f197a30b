import Glibc
import Tokenization

/// How the codes of one level are used; everything follows from how often each code was seen.
package struct LevelUsage: Sendable, Equatable {
  package var level: Int
  package var bits: Int
  package var tokens: Int
  package var used: Int
  /// How many codes even uniform use would show with so few tokens: K(1 − (1 − 1/K)^N).
  package var ceiling: Double
  package var perplexity: Double
  package var jointEntropyBits: Double
  /// P(1) of each bit, most significant first.
  package var ones: [Double]
  package var bitEntropy: [Double]
  /// Bits whose P(1) is within the threshold of 0 or 1.
  package var deadBits: [Int]
  /// The pair of bits with the largest |φ|, when any pair varies.
  package var strongestPair: BitPair?
  /// Points of the sorted counts, evenly spread over the logarithm of the rank.
  package var rankFrequency: [RankedCount]
  package var topCodes: [CodeCount]
  /// Tokens per group of neighbouring codes, 64 rows of 64.
  package var usageMap: [UInt32]

  package static let mapSide = 64

  package init(
    level: Int, bits: Int, counts: [UInt32], topCount: Int = 64, points: Int = 256,
    deadShare: Double = AlertThresholds().deadShare
  ) {
    self.level = level
    self.bits = bits
    var total = 0
    var oneCounts = [Int](repeating: 0, count: bits)
    var both = [Int](repeating: 0, count: bits * bits)
    var seen: [CodeCount] = []
    usageMap = [UInt32](repeating: 0, count: Self.mapSide * Self.mapSide)
    let codesPerCell = max(1, counts.count / usageMap.count)
    for (code, count) in counts.enumerated() where count > 0 {
      total += Int(count)
      seen.append(CodeCount(code: UInt32(code), count: Int(count)))
      usageMap[min(usageMap.count - 1, code / codesPerCell)] += count
      for first in 0..<bits where code >> (bits - 1 - first) & 1 == 1 {
        oneCounts[first] += Int(count)
        for second in first + 1..<max(first + 1, bits) where code >> (bits - 1 - second) & 1 == 1 {
          both[first * bits + second] += Int(count)
        }
      }
    }
    seen.sort { ($0.count, $1.code) > ($1.count, $0.code) }
    let share = Double(max(1, total))
    tokens = total
    used = seen.count
    ceiling = UsageEstimators.ceiling(codebookSize: counts.count, tokens: total)
    jointEntropyBits = UsageEstimators.entropyInBits(seen.lazy.map(\.count))
    perplexity = total > 0 ? exp2(jointEntropyBits) : 0
    let probabilities = oneCounts.map { Double($0) / share }
    ones = probabilities
    bitEntropy =
      total > 0 ? probabilities.map(UsageEstimators.binaryEntropy) : probabilities.map { _ in 0 }
    deadBits =
      total > 0
      ? ones.indices.filter { min(probabilities[$0], 1 - probabilities[$0]) < deadShare } : []
    strongestPair = Self.strongest(probabilities, both: both, tokens: share)
    rankFrequency = Self.ranks(seen, points: points)
    topCodes = Array(seen.prefix(topCount))
  }

  /// The mean over bits, each at most 1.
  package var meanBitEntropy: Double {
    bitEntropy.isEmpty ? 0 : bitEntropy.reduce(0, +) / Double(bitEntropy.count)
  }

  private static func strongest(_ p: [Double], both: [Int], tokens: Double) -> BitPair? {
    var best: BitPair?
    for first in p.indices {
      for second in p.indices where second > first {
        let scale = (p[first] * (1 - p[first]) * p[second] * (1 - p[second])).squareRoot()
        guard scale > 0 else { continue }
        let joint = Double(both[first * p.count + second]) / tokens
        let phi = (joint - p[first] * p[second]) / scale
        if abs(phi) > abs(best?.phi ?? 0) { best = BitPair(first: first, second: second, phi: phi) }
      }
    }
    return best
  }

  private static func ranks(_ sorted: [CodeCount], points: Int) -> [RankedCount] {
    guard let last = sorted.indices.last else { return [] }
    var result: [RankedCount] = []
    for point in 0..<points {
      let exponent = Double(point) / Double(max(1, points - 1))
      let rank = Int(pow(Double(last + 1), exponent).rounded())
      let entry = RankedCount(rank: rank, count: sorted[min(last, max(0, rank - 1))].count)
      if result.last?.rank != rank { result.append(entry) }
    }
    return result
  }
}

package struct BitPair: Sendable, Equatable {
  package var first: Int
  package var second: Int
  /// The correlation of the two bits, −1…1.
  package var phi: Double
}

package struct RankedCount: Sendable, Equatable {
  package var rank: Int
  package var count: Int
}

package struct CodeCount: Sendable, Equatable {
  package var code: UInt32
  package var count: Int
}
