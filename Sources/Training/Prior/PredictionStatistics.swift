import Tensors
import Tokenization

/// How well a prior knew the masked bits of one level.
package struct PredictionStatistics: Sendable, Equatable, Codable {
  /// Masked bits that were judged.
  package var bits: Int
  /// The share of them that the likeliest states have right.
  package var bitAccuracy: Double
  /// What one would have right who always says what most of these bits are, place by place.
  package var majorityBitAccuracy: Double
  /// The share of tokens with a masked group whose whole code is right.
  package var tokenAccuracy: Double
  /// −ln p of a group, mean, in nats.
  package var loss: Double

  enum CodingKeys: String, CodingKey {
    case bits
    case bitAccuracy = "bit_accuracy"
    case majorityBitAccuracy = "majority_bit_accuracy"
    case tokenAccuracy = "token_accuracy"
    case loss
  }

  var scalars: [(tag: String, value: Double)] {
    [
      ("bits", Double(bits)), ("bit_accuracy", bitAccuracy),
      ("majority_bit_accuracy", majorityBitAccuracy), ("token_accuracy", tokenAccuracy),
      ("loss", loss),
    ]
  }
}

/// Counts of the above, over any number of passes.
struct PredictionCount: Equatable {
  private var ones: [Int] = []
  private var seen: [Int] = []
  private var rightBits = 0
  private var tokens = 0
  private var rightTokens = 0
  private var loss = 0.0
  private var groups = 0

  /// One token: the true and the likeliest states of its groups, and which were masked.
  mutating func add(
    truth: [Int], guess: [Int], isMasked: [Bool], loss: Double, groupBits: Int
  ) {
    if ones.isEmpty {
      ones = [Int](repeating: 0, count: truth.count * groupBits)
      seen = ones
    }
    tokens += 1
    if truth == guess { rightTokens += 1 }
    self.loss += loss
    for group in truth.indices where isMasked[group] {
      groups += 1
      rightBits += groupBits - (truth[group] ^ guess[group]).nonzeroBitCount
      for bit in 0..<groupBits {
        seen[group * groupBits + bit] += 1
        ones[group * groupBits + bit] += truth[group] >> (groupBits - 1 - bit) & 1
      }
    }
  }

  mutating func add(_ other: PredictionCount) {
    if ones.isEmpty {
      (ones, seen) = (other.ones, other.seen)
    } else {
      for bit in other.ones.indices {
        ones[bit] += other.ones[bit]
        seen[bit] += other.seen[bit]
      }
    }
    rightBits += other.rightBits
    tokens += other.tokens
    rightTokens += other.rightTokens
    loss += other.loss
    groups += other.groups
  }

  var isEmpty: Bool { groups == 0 }
  /// −ln p of a group, mean.
  var meanLoss: Double { groups > 0 ? loss / Double(groups) : 0 }

  var statistics: PredictionStatistics {
    let bits = seen.reduce(0, +)
    let majority = zip(ones, seen).reduce(0) { $0 + max($1.0, $1.1 - $1.0) }
    let (all, judged) = (Double(max(bits, 1)), Double(max(tokens, 1)))
    return PredictionStatistics(
      bits: bits, bitAccuracy: Double(rightBits) / all,
      majorityBitAccuracy: Double(majority) / all, tokenAccuracy: Double(rightTokens) / judged,
      loss: meanLoss)
  }
}
