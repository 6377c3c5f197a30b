import Foundation
import Tokenization

/// Three or more bits that fix each other's parity, which no pair of them shows.
package struct ParityRelation: Sendable, Equatable {
  /// Numbered from 0, the most significant.
  package let bits: [Int]
  /// The mean product of the signs: 1 where an even number of the bits is 1 in every token.
  package let correlation: Double

  /// How much one of the bits is known from the others, at most 1.
  package var information: Double {
    1 - UsageEstimators.binaryEntropy((1 + correlation) / 2)
  }
}

/// Looks at the parity of every set of bits at once, by the Walsh–Hadamard transform of the counts.
///
/// The mean product of n random signs exceeds t in size with a probability of 2 exp(−n t²/2) at most
/// (Hoeffding, 1963); that times the number of sets is kept below 1e-6, so that few tokens raise no
/// false alarm. A set that follows from smaller ones (single bits, pairs, sets found before) by
/// exclusive or is none of its own.
struct ParitySearch {
  /// Weaker ones are not listed, whatever the threshold of the alert.
  static let weakest = 0.4
  private static let mostBits = 20
  private static let chance = 1e-6

  /// Independent of each other, small sets first, then the strongest.
  private(set) var relations: [ParityRelation] = []

  private let bits: Int
  private let histogram: CodeHistogram
  /// Masks that are independent over GF(2), by their highest bit.
  private var basis: [UInt32]

  init(_ histogram: CodeHistogram, bits: Int) {
    self.bits = bits
    self.histogram = histogram
    basis = [UInt32](repeating: 0, count: bits)
    guard (3...Self.mostBits).contains(bits), histogram.tokens > 0 else { return }
    let sums = transformedCounts()
    let limit = max(Self.weakest, significance)
    guard limit <= 1 else { return }
    let tokens = Double(histogram.tokens)
    let strong = Int32((limit * tokens).rounded(.up))
    let found = sums.indices.dropFirst().filter { abs(sums[$0]) >= strong }
      .sorted { order($0, sums) < order($1, sums) }
    for mask in found {
      guard insert(UInt32(mask)), mask.nonzeroBitCount >= 3, holdsOverCodes(UInt32(mask)) else {
        continue
      }
      relations.append(
        ParityRelation(
          bits: (0..<bits).filter { mask >> (bits - 1 - $0) & 1 == 1 },
          correlation: Double(sums[mask]) / tokens))
    }
  }

  /// How strong a parity must be not to come by chance among all sets.
  private var significance: Double {
    let sets = Double(1 << bits)
    return (2 * log(2 * sets / Self.chance) / Double(histogram.tokens)).squareRoot()
  }

  /// The sum over tokens of the product of the signs of each set of bits, [2^B].
  private func transformedCounts() -> [Int32] {
    var sums = [Int32](repeating: 0, count: 1 << bits)
    for (code, count) in histogram.counts { sums[Int(code)] = Int32(clamping: count) }
    var half = 1
    sums.withUnsafeMutableBufferPointer { sums in
      while half < sums.count {
        for start in stride(from: 0, to: sums.count, by: 2 * half) {
          for index in start..<start + half {
            let (a, b) = (sums[index], sums[index + half])
            sums[index] = a &+ b
            sums[index + half] = a &- b
          }
        }
        half *= 2
      }
    }
    return sums
  }

  private func order(_ mask: Int, _ sums: [Int32]) -> (Int, Int32, Int) {
    (mask.nonzeroBitCount, -abs(sums[mask]), mask)
  }

  /// False for a mask that the ones before make up.
  private mutating func insert(_ mask: UInt32) -> Bool {
    var rest = mask
    while rest != 0 {
      let highest = 31 - rest.leadingZeroBitCount
      guard basis[highest] != 0 else {
        basis[highest] = rest
        return true
      }
      rest ^= basis[highest]
    }
    return false
  }

  /// Whether it is more than one frequent code: every code counts with the root of its tokens.
  private func holdsOverCodes(_ mask: UInt32) -> Bool {
    var (sum, total) = (0.0, 0.0)
    for (code, count) in histogram.ranked {
      let weight = Double(count).squareRoot()
      total += weight
      sum += (code & mask).nonzeroBitCount.isMultiple(of: 2) ? weight : -weight
    }
    return abs(sum) >= Self.weakest * total
  }
}
