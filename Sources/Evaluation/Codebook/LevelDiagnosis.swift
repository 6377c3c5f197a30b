import Foundation
import Tokenization

/// How one level uses its codebook.
package struct LevelDiagnosis: Sendable, Equatable {
  /// 1 is the finest.
  package let level: Int
  /// How many tokens were counted, N.
  package let tokens: Int
  /// How many codes there could be, K.
  package let codebookSize: Int
  /// How many different codes occur.
  package let used: Int
  /// How many would be expected to occur if all were equally likely: K(1 − (1 − 1/K)^N).
  package let ceiling: Double
  /// 2 to the power of the joint entropy.
  package let perplexity: Double
  /// Plug-in entropy of the codes.
  package let jointEntropyInBits: Double
  /// The same with Miller and Madow's correction, for samples smaller than the codebook.
  package let correctedEntropyInBits: Double
  /// Nil where codes are not bits.
  package let bitStatistics: BitStatistics?
  /// The slope of ln count over ln rank: 0 is uniform use, nil stands for fewer than two codes.
  package let zipfSlope: Double?
  /// Good–Turing: the probability that the next token is a code not seen yet.
  package let unseenMass: Double
  /// A lower bound of the codes in use, seen or not.
  package let chao1: Double
  /// Counts, the most frequent code first.
  package let rankFrequency: [Int]
  /// The most frequent codes, at most 64.
  package let topCodes: [CodeCount]

  package struct CodeCount: Sendable, Equatable {
    package let code: UInt32
    package let count: Int
  }

  /// The share of the codes in reach that are used; 1 is as good as random.
  package var usedShareOfCeiling: Double { ceiling > 0 ? Double(used) / ceiling : 0 }

  /// The mean entropy of a bit; nil where codes are not bits.
  package var meanBitEntropy: Double? {
    bitStatistics.map { $0.entropy.reduce(0, +) / Double(max(1, $0.entropy.count)) }
  }

  package init(level: Int, histogram: CodeHistogram, seed: UInt64 = 0) {
    let ranked = histogram.ranked
    let counts = ranked.map(\.count)
    self.level = level
    tokens = histogram.tokens
    codebookSize = histogram.codebookSize
    used = histogram.used
    ceiling = UsageEstimators.ceiling(
      codebookSize: histogram.codebookSize, tokens: histogram.tokens)
    jointEntropyInBits = UsageEstimators.entropyInBits(counts)
    perplexity = exp2(jointEntropyInBits)
    correctedEntropyInBits = UsageEstimators.millerMadowEntropyInBits(counts)
    bitStatistics = BitStatistics(of: histogram, seed: seed)
    zipfSlope = UsageEstimators.zipfSlope(counts)
    unseenMass = UsageEstimators.unseenMass(counts)
    chao1 = UsageEstimators.chao1(counts)
    rankFrequency = counts
    topCodes = ranked.prefix(64).map { CodeCount(code: $0.code, count: $0.count) }
  }
}
