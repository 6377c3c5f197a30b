import Evaluation
import Glibc
import Tensors
import Tokenization

/// How a level uses its codebook during a part of the clip.
package struct UsageWindow: Sendable, Equatable {
  package var steps: Range<Int>
  /// Of those known; at most `mostTokens` are counted.
  package var tokens: Int
  package var used: Int
  package var ceiling: Double
  package var jointEntropyBits: Double
  /// The mean over the bits.
  package var bitEntropy: Double
  package var excessTotalCorrelation: Double
  /// The share of codes that differ from the step before; nil for a single step at the beginning.
  package var change: Double?

  package static let mostWindows = 48
  package static let mostTokens = 1024

  package var shareOfCeiling: Double { ceiling > 0 ? Double(used) / ceiling : 0 }

  /// The whole level in equal parts; parts of which nothing is known are left out.
  static func windows(of level: TokenLevel) -> [UsageWindow] {
    let count = min(mostWindows, level.steps)
    return (0..<count).compactMap { index in
      window(of: level, index * level.steps / count..<(index + 1) * level.steps / count)
    }
  }

  private static func window(of level: TokenLevel, _ steps: Range<Int>) -> UsageWindow? {
    let known = steps.filter { level.isKnown(step: $0) }
    guard !known.isEmpty, level.tokensPerStep > 0 else { return nil }
    // Evenly spread over the part, so that neighbours in time do not stand for all of it.
    let every = max(1, known.count * level.tokensPerStep / mostTokens)
    var histogram = CodeHistogram(bits: level.bits)
    var place = 0
    for step in known {
      for code in level.codes(ofStep: step) ?? [] {
        if place % every == 0 { histogram.add(CollectionOfOne(code)) }
        place += 1
      }
    }
    let diagnosis = LevelDiagnosis(level: level.level, histogram: histogram)
    let changes = known.compactMap { level.change(atStep: $0) }
    return UsageWindow(
      steps: steps, tokens: diagnosis.tokens, used: diagnosis.used, ceiling: diagnosis.ceiling,
      jointEntropyBits: diagnosis.spectrum?.entropyInBits ?? 0,
      bitEntropy: diagnosis.meanBitEntropy ?? 0,
      excessTotalCorrelation: diagnosis.bitStatistics?.excessTotalCorrelation ?? 0,
      change: changes.isEmpty ? nil : changes.reduce(0, +) / Double(changes.count))
  }
}

extension UsageWindow {
  /// The joint entropy of so many tokens that are all different, or of the whole codebook.
  package static func mostEntropy(_ tokens: Int, bits: Int) -> Double {
    min(Double(bits), log2(Double(max(1, tokens))))
  }
}
