import Tensors
import Tokenization

/// What bits do together, beyond pairs of them.
package struct JointBits: Sendable, Equatable {
  /// Σ of the bit entropies less the joint entropy, in bits.
  package let totalCorrelation: Double
  /// The same less what it is when each bit's column is shuffled on its own.
  package let excessTotalCorrelation: Double
  /// Neighbouring bits, eight at most: few enough for their joint entropy to be known well.
  package let groups: [Group]
  /// Sets of three and more bits whose parity is nearly fixed, the strongest of the smallest first.
  package let parities: [ParityRelation]

  /// Bits that stand side by side.
  package struct Group: Sendable, Equatable {
    package let bits: Range<Int>
    /// Plug-in joint entropy with Miller and Madow's correction, in bits.
    package let entropy: Double
    /// Σ of the bits' own entropies less that.
    package let correlation: Double
  }

  /// Of more tokens than this a random share is shuffled, and searched for parities: memory and time
  /// then depend on the number of different codes alone.
  static let mostShuffled = 1 << 20

  init(of whole: CodeHistogram, bits: Int, seed: UInt64) {
    let histogram = whole.thinned(to: Self.mostShuffled, seed: seed)
    let ones = JointBits.ones(of: histogram, bits: bits)
    let entropy = ones.map {
      UsageEstimators.binaryEntropy(Double($0) / Double(max(1, histogram.tokens)))
    }
    // Summed by rank: a dictionary's own order differs from run to run, and so would the last digit.
    let joint = UsageEstimators.entropyInBits(histogram.ranked.map(\.count))
    let shuffled = JointBits.shuffledEntropy(ones: ones, tokens: histogram.tokens, seed: seed)
    totalCorrelation = entropy.reduce(0, +) - joint
    excessTotalCorrelation = shuffled - joint
    groups = JointBits.groups(of: histogram, entropy: entropy)
    parities = ParitySearch(histogram, bits: bits).relations
  }

  /// How often each bit is 1.
  private static func ones(of histogram: CodeHistogram, bits: Int) -> [Int] {
    var ones = [Int](repeating: 0, count: bits)
    for (code, count) in histogram.counts {
      for bit in 0..<bits where code >> UInt32(bits - 1 - bit) & 1 == 1 { ones[bit] += count }
    }
    return ones
  }

  /// As few groups of at most eight bits as there can be, all nearly of a size.
  private static func groups(of histogram: CodeHistogram, entropy: [Double]) -> [Group] {
    let bits = entropy.count
    let count = (bits + 7) / 8
    return (0..<count).map { index in
      let range = index * bits / count..<(index + 1) * bits / count
      var counts = [Int](repeating: 0, count: 1 << range.count)
      for (code, times) in histogram.counts {
        counts[Int(code >> UInt32(bits - range.upperBound)) & (counts.count - 1)] += times
      }
      let joint = UsageEstimators.millerMadowEntropyInBits(counts)
      let sum = entropy[range].reduce(0, +)
      // The correction may take it above what there can be.
      return Group(bits: range, entropy: min(joint, sum), correlation: max(0, sum - joint))
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
