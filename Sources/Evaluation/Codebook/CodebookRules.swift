import Foundation
import Tokenization

/// When a level's numbers become an alert.
///
/// A healthy random codebook stays below `warning` whatever its size: below `enoughTokens` chance
/// alone could make a bit look dead, and nothing but the small sample is reported.
enum CodebookRules {
  static let enoughTokens = 32

  static func alerts(for level: LevelDiagnosis) -> [Alert] {
    guard level.tokens > 0 else { return [] }
    let rules = [deadBits, duplicateBits, correlation, collapse]
    let found = level.tokens < enoughTokens ? [] : rules.compactMap { $0(level) }
    return found + [undersampled(level)].compactMap(\.self)
  }

  /// Level 4, or whichever is the coarsest, against level 1.
  static func coarse(_ levels: [LevelDiagnosis]) -> [Alert] {
    let judged = levels.filter { $0.tokens >= enoughTokens }
    guard let finest = judged.first, let coarsest = judged.last, finest.level < coarsest.level,
      coarsest.usedShareOfCeiling < finest.usedShareOfCeiling / 2
    else { return [] }
    return [
      Alert(
        rule: .coarse, severity: .warning, level: coarsest.level,
        text: "level \(coarsest.level) uses \(percent(coarsest.usedShareOfCeiling)) of its "
          + "ceiling, level \(finest.level) \(percent(finest.usedShareOfCeiling))",
        remedy: "weight the entropy term per level; give the coarse stage more channels")
    ]
  }

  private static func deadBits(_ level: LevelDiagnosis) -> Alert? {
    guard let bits = level.bitStatistics, !bits.dead.isEmpty else { return nil }
    let names = bits.dead.map(String.init).joined(separator: ", ")
    let half = bits.dead.count * 2 >= bits.shareOfOnes.count
    return Alert(
      rule: .deadBit, severity: half ? .error : .warning, level: level.level,
      text: "bit\(bits.dead.count == 1 ? "" : "s") \(names) of \(bits.shareOfOnes.count) "
        + "nearly never change\(bits.dead.count == 1 ? "s" : "")",
      remedy: "normalise before the sign; raise the entropy weight; check the bias of the "
        + "last layer")
  }

  private static func duplicateBits(_ level: LevelDiagnosis) -> Alert? {
    guard let bits = level.bitStatistics else { return nil }
    let alive = bits.shareOfOnes.indices.filter { !bits.dead.contains($0) }
    let pairs = alive.flatMap { first in
      alive.filter { $0 > first && abs(bits.correlation[first][$0]) > 0.95 }
        .map { (first, $0) }
    }
    guard let worst = pairs.max(by: { phi(bits, $0) < phi(bits, $1) }) else { return nil }
    let more = pairs.count > 1 ? " and \(pairs.count - 1) more pairs" : ""
    return Alert(
      rule: .duplicateBits, severity: .warning, level: level.level,
      text: "bits \(worst.0) and \(worst.1)\(more) say the same "
        + "(φ \(fixed(bits.correlation[worst.0][worst.1], 2)))",
      remedy: "maximise the entropy of groups of bits jointly, or decorrelate; "
        + "entropy per bit cannot see this")
  }

  private static func phi(_ bits: BitStatistics, _ pair: (Int, Int)) -> Double {
    abs(bits.correlation[pair.0][pair.1])
  }

  private static func correlation(_ level: LevelDiagnosis) -> Alert? {
    guard let bits = level.bitStatistics, bits.entropy.allSatisfy({ $0 >= 0.9 }) else { return nil }
    let sum = bits.entropy.reduce(0, +)
    guard bits.excessTotalCorrelation > 0.2 * sum else { return nil }
    return Alert(
      rule: .correlation, severity: .warning, level: level.level,
      text: "every bit looks fine, yet together they repeat "
        + "\(fixed(bits.excessTotalCorrelation, 1)) of \(fixed(sum, 1)) bits",
      remedy: "maximise the entropy of groups of bits jointly, or decorrelate; "
        + "entropy per bit cannot see this")
  }

  private static func collapse(_ level: LevelDiagnosis) -> Alert? {
    guard level.usedShareOfCeiling < 0.3 else { return nil }
    return Alert(
      rule: .collapse, severity: level.usedShareOfCeiling < 0.05 ? .error : .warning,
      level: level.level,
      text: "\(level.used) codes used where \(Int(level.ceiling.rounded())) could be "
        + "(\(percent(level.usedShareOfCeiling)))",
      remedy: "still pictures repeat codes, so judge on moving clips; then lower the learning "
        + "rate, train without the quantizer first, or restart unused codes")
  }

  private static func undersampled(_ level: LevelDiagnosis) -> Alert? {
    guard level.tokens < level.codebookSize else { return nil }
    return Alert(
      rule: .undersampled, severity: .info, level: level.level,
      text: "\(level.tokens) tokens cannot show \(level.codebookSize) codes: at most about "
        + "\(Int(level.ceiling.rounded()))",
      remedy: "compare with the ceiling and the estimators, not with the codebook; add clips")
  }

  private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

  private static func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}
