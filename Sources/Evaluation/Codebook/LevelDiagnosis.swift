import Foundation
import Tensors
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
  /// What needs the count of every code; nil where only their number is known.
  package let spectrum: CodeSpectrum?
  /// Nil where codes are not bits.
  package let bitStatistics: BitStatistics?
  /// Nil where codes are not made of dimensions.
  package let dimensions: [DimensionStatistics]?
  /// Nil where it is not known which tokens are of one clip.
  package let clips: ClipSpread?
  /// Nil where only codes are known.
  package let latents: LatentStatistics?
  /// The entropy of the codebook that a training loss reports, in nats.
  package let reportedEntropy: Double?

  /// The share of the codes in reach that are used; 1 is as good as random.
  package var usedShareOfCeiling: Double { ceiling > 0 ? Double(used) / ceiling : 0 }

  /// The mean entropy of a bit; nil where codes are not bits.
  package var meanBitEntropy: Double? {
    bitStatistics.map { $0.entropy.reduce(0, +) / Double(max(1, $0.entropy.count)) }
  }

  package init(
    level: Int, histogram: CodeHistogram, seed: UInt64 = 0, clips: ClipSpread? = nil,
    latents: LatentStatistics? = nil, reportedEntropy: Double? = nil
  ) {
    self.level = level
    tokens = histogram.tokens
    codebookSize = histogram.codebookSize
    used = histogram.used
    ceiling = UsageEstimators.ceiling(
      codebookSize: histogram.codebookSize, tokens: histogram.tokens)
    spectrum = CodeSpectrum(histogram, seed: seed)
    bitStatistics = BitStatistics(of: histogram, seed: seed)
    dimensions = DimensionStatistics.all(of: histogram)
    self.clips = clips
    self.latents = latents
    self.reportedEntropy = reportedEntropy
  }

  /// From what another program counted; `used` and the bits are all that is known of the codes.
  package init(
    level: Int, tokens: Int, codebookSize: Int, used: Int, bitStatistics: BitStatistics?,
    clips: ClipSpread?, latents: LatentStatistics?, reportedEntropy: Double?
  ) {
    self.level = level
    self.tokens = tokens
    self.codebookSize = codebookSize
    self.used = used
    ceiling = UsageEstimators.ceiling(codebookSize: codebookSize, tokens: tokens)
    spectrum = nil
    self.bitStatistics = bitStatistics
    dimensions = nil
    self.clips = clips
    self.latents = latents
    self.reportedEntropy = reportedEntropy
  }
}

/// What the counts of all codes tell.
package struct CodeSpectrum: Sendable, Equatable {
  /// Plug-in entropy of the codes.
  package let entropyInBits: Double
  /// The same with Miller and Madow's correction, for samples smaller than the codebook.
  package let correctedEntropyInBits: Double
  /// The slope of ln count over ln rank: 0 is uniform use, nil stands for fewer than two codes.
  package let zipfSlope: Double?
  /// The same of as many uniform draws from the whole book.
  package let uniformZipfSlope: Double?
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

  /// 2 to the power of the joint entropy.
  package var perplexity: Double { exp2(entropyInBits) }

  init(_ histogram: CodeHistogram, seed: UInt64) {
    let ranked = histogram.ranked
    let counts = ranked.map(\.count)
    entropyInBits = UsageEstimators.entropyInBits(counts)
    correctedEntropyInBits = UsageEstimators.millerMadowEntropyInBits(counts)
    zipfSlope = UsageEstimators.zipfSlope(counts)
    uniformZipfSlope = CodeSpectrum.uniformSlope(like: histogram, seed: seed)
    unseenMass = UsageEstimators.unseenMass(counts)
    chao1 = UsageEstimators.chao1(counts)
    rankFrequency = counts
    topCodes = ranked.prefix(64).map { CodeCount(code: $0.code, count: $0.count) }
  }

  private static let mostDraws = 1 << 22

  /// Of very many tokens each code's count is about normal; nil where there are too many codes, too.
  private static func uniformSlope(like histogram: CodeHistogram, seed: UInt64) -> Double? {
    var random = RandomSource(seed: seed ^ 0x5a69_7066)
    guard histogram.tokens <= mostDraws else {
      guard histogram.codebookSize <= mostDraws / 4 else { return nil }
      let mean = Double(histogram.tokens) / Double(histogram.codebookSize)
      return UsageEstimators.zipfSlope(
        (0..<histogram.codebookSize).map { _ in
          max(1, Int((mean + mean.squareRoot() * random.normal()).rounded()))
        })
    }
    var codes = (0..<histogram.tokens).map { _ in
      UInt32(truncatingIfNeeded: random.integer(below: histogram.codebookSize))
    }
    codes.sort()
    var counts: [Int] = []
    for (index, code) in codes.enumerated() {
      if index > 0, codes[index - 1] == code {
        counts[counts.count - 1] += 1
      } else {
        counts.append(1)
      }
    }
    return UsageEstimators.zipfSlope(counts)
  }
}
