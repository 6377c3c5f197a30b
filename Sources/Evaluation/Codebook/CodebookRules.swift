import Foundation
import Tokenization

/// When a level's numbers become an alert.
///
/// A healthy random codebook stays below `warning` whatever its size: below `enoughTokens` chance
/// alone could make a bit look dead, and nothing but the small sample is reported.
struct CodebookRules {
  let thresholds: AlertThresholds

  init(_ thresholds: AlertThresholds) { self.thresholds = thresholds }

  /// The gravest first.
  func alerts(_ levels: [LevelDiagnosis], leak: LeakCheck?) -> [Alert] {
    Alert.byGravity(
      [leak.flatMap { alert($0) }].compactMap(\.self) + levels.flatMap { alerts($0) }
        + coarse(levels))
  }

  private func alerts(_ level: LevelDiagnosis) -> [Alert] {
    guard level.tokens > 0 else { return [] }
    let rules = [
      deadBits, deadDimensions, duplicateBits, correlation, parity, collapse, clipCode,
    ]
    let isEnough = level.tokens >= thresholds.enoughTokens
    let found = isEnough ? rules.compactMap { $0(level) } : []
    return found + [precision, saturated, scale, undersampled, cap].compactMap { $0(level) }
  }

  // MARK: Bits

  private func deadBits(_ level: LevelDiagnosis) -> Alert? {
    guard let bits = level.bitStatistics else { return nil }
    let dead = bits.dead(within: thresholds.deadShare)
    guard !dead.isEmpty else { return nil }
    return Alert.deadBits(
      dead, of: bits.shareOfOnes.count, level: level.level,
      basis: "shares of ones over \(level.tokens) tokens, dead within "
        + "\(fixed(thresholds.deadShare, 3)) of 0 or 1")
  }

  private func deadDimensions(_ level: LevelDiagnosis) -> Alert? {
    guard let dimensions = level.dimensions else { return nil }
    let dead = dimensions.indices.filter {
      (dimensions[$0].shares.max() ?? 0) > 1 - thresholds.deadShare
    }
    guard !dead.isEmpty else { return nil }
    return Alert(
      rule: .deadBit, severity: dead.count * 2 >= dimensions.count ? .error : .warning,
      level: level.level,
      text: "dimension\(dead.count == 1 ? "" : "s") "
        + "\(dead.map(String.init).joined(separator: ", ")) of \(dimensions.count) nearly never "
        + "change\(dead.count == 1 ? "s" : "")",
      remedy: "check that values are rounded before they become whole numbers, and the scale and "
        + "bias of the last layer",
      basis: "shares of values over \(level.tokens) tokens")
  }

  private func duplicateBits(_ level: LevelDiagnosis) -> Alert? {
    guard let bits = level.bitStatistics else { return nil }
    let dead = bits.dead(within: thresholds.deadShare)
    let alive = bits.shareOfOnes.indices.filter { !dead.contains($0) }
    let pairs = alive.flatMap { first in
      alive.filter {
        $0 > first && abs(bits.correlation[first][$0]) > thresholds.duplicateCorrelation
      }
      .map { (first, $0) }
    }
    guard let worst = pairs.max(by: { phi(bits, $0) < phi(bits, $1) }) else { return nil }
    let more = pairs.count > 1 ? " and \(pairs.count - 1) more pairs" : ""
    return Alert(
      rule: .duplicateBits, severity: .warning, level: level.level,
      text: "bits \(worst.0) and \(worst.1)\(more) say the same "
        + "(φ \(fixed(bits.correlation[worst.0][worst.1], 2)))",
      remedy: CodebookRules.jointly,
      basis: "φ over \(level.tokens) tokens; chance alone gives about "
        + "±\(fixed(1 / Double(level.tokens).squareRoot(), 3))")
  }

  private static let jointly =
    "maximise the entropy of groups of bits jointly, or decorrelate; "
    + "entropy per bit cannot see this"

  private func phi(_ bits: BitStatistics, _ pair: (Int, Int)) -> Double {
    abs(bits.correlation[pair.0][pair.1])
  }

  private func correlation(_ level: LevelDiagnosis) -> Alert? {
    guard let bits = level.bitStatistics, let joint = bits.joint,
      bits.entropy.allSatisfy({ $0 >= thresholds.fineBitEntropy })
    else { return nil }
    let sum = bits.entropy.reduce(0, +)
    let excess = joint.excessTotalCorrelation
    guard excess > max(thresholds.correlatedShare * sum, chanceCorrelation(level)) else {
      return nil
    }
    return Alert(
      rule: .correlation, severity: .warning, level: level.level,
      text: "every bit looks fine, yet together they repeat "
        + "\(fixed(excess, 1)) of \(fixed(sum, 1)) bits",
      remedy: CodebookRules.jointly,
      basis: "plug-in joint entropy of \(level.tokens) tokens less that of the same bits shuffled "
        + "one by one")
  }

  /// Six standard deviations of the difference of two total correlations, in bits.
  ///
  /// 2 N ln 2 · TC of independent bits is about χ² of at most min(K, N) degrees of freedom.
  private func chanceCorrelation(_ level: LevelDiagnosis) -> Double {
    let tokens = Double(level.tokens)
    let freedom = min(Double(level.codebookSize), tokens)
    return 6 * (2 * 2 * freedom).squareRoot() / (2 * tokens * log(2))
  }

  private func parity(_ level: LevelDiagnosis) -> Alert? {
    // Of a handful of codes some set of bits always has one parity.
    guard level.usedShareOfCeiling >= thresholds.collapsedUsage || level.used >= 256,
      let all = level.bitStatistics?.joint?.parities
    else { return nil }
    let found = all.filter { abs($0.correlation) >= thresholds.parityCorrelation }
    guard let first = found.first else { return nil }
    let more = found.count > 1 ? " (and \(found.count - 1) more such sets)" : ""
    let names = first.bits.map(String.init).joined(separator: ", ")
    return Alert(
      rule: .parity, severity: .warning, level: level.level,
      text: "bits \(names) fix each other's parity\(more): one of them is known "
        + "from the others to \(fixed(first.information, 2)) bits, and no pair of them shows it",
      remedy: "maximise the joint entropy of groups that hold these bits; entropy per bit and "
        + "decorrelation of pairs cannot see this",
      basis: "mean product of signs \(fixed(first.correlation, 2)) over \(level.tokens) tokens; "
        + "all sets of bits, below 1e-6 by chance")
  }

  // MARK: Codes

  private func collapse(_ level: LevelDiagnosis) -> Alert? {
    guard level.usedShareOfCeiling < thresholds.collapsedUsage else { return nil }
    return Alert(
      rule: .collapse,
      severity: level.usedShareOfCeiling < thresholds.lostUsage ? .error : .warning,
      level: level.level,
      text: "\(level.used) codes used where \(Int(level.ceiling.rounded())) could be "
        + "(\(percent(level.usedShareOfCeiling)))",
      remedy: "still pictures repeat codes, so judge on moving clips; then lower the learning "
        + "rate, train without the quantizer first, or restart unused codes",
      basis: usageBasis(level))
  }

  private func usageBasis(_ level: LevelDiagnosis) -> String {
    "different codes of \(level.tokens) tokens over K(1 − (1 − 1/K)^N) of K = "
      + "\(level.codebookSize)"
  }

  /// Level 4, or whichever is the coarsest, against level 1: scales of others may begin with the
  /// coarse ones, so that the number of tokens comes first.
  private func coarse(_ levels: [LevelDiagnosis]) -> [Alert] {
    let judged = levels.filter { $0.tokens >= thresholds.enoughTokens }
      .sorted { ($1.tokens, $0.level) < ($0.tokens, $1.level) }
    guard judged.count > 1, let finest = judged.first, let coarsest = judged.last,
      coarsest.usedShareOfCeiling < finest.usedShareOfCeiling * thresholds.coarseRatio
    else { return [] }
    return [
      Alert(
        rule: .coarse, severity: .warning, level: coarsest.level,
        text: "level \(coarsest.level) uses \(percent(coarsest.usedShareOfCeiling)) of its "
          + "ceiling, level \(finest.level) \(percent(finest.usedShareOfCeiling))",
        remedy: "weight the entropy term per level; give the coarse stage more channels",
        basis: usageBasis(coarsest))
    ]
  }

  private func clipCode(_ level: LevelDiagnosis) -> Alert? {
    guard let clips = level.clips, clips.clips >= 3, clips.tokens >= 8 * clips.clips,
      let share = clips.share, share < thresholds.clipShare,
      Double(level.used) > 2 * clips.usedInAClip
    else { return nil }
    let each = fixed(clips.usedInAClip, clips.usedInAClip < 10 ? 1 : 0)
    return Alert(
      rule: .clipCode, severity: .warning, level: level.level,
      text: "a clip has about \(each) code\(each == "1.0" ? "" : "s") of its own wherever one "
        + "looks, \(level.used) in all clips: tokens tell the clip, not what is where in it",
      remedy: "normalise within clips less, give the level position and time to see, and weight "
        + "the picture's loss more",
      basis: "different codes within each of \(clips.clips) clips, \(clips.tokens) tokens, over "
        + "as many of random tokens")
  }

  private func undersampled(_ level: LevelDiagnosis) -> Alert? {
    guard level.tokens < level.codebookSize else { return nil }
    return Alert(
      rule: .undersampled, severity: .info, level: level.level,
      text: "\(level.tokens) tokens cannot show \(level.codebookSize) codes: at most about "
        + "\(Int(level.ceiling.rounded()))",
      remedy: "compare with the ceiling and the estimators, not with the codebook; add clips",
      basis: "K(1 − (1 − 1/K)^N)")
  }

  private func cap(_ level: LevelDiagnosis) -> Alert? {
    guard let reported = level.reportedEntropy,
      let cap = EntropyCap.allCases.map({ $0.nats(codebookSize: level.codebookSize) })
        .filter({ reported <= $0 * 1.001 }).min(),
      cap > 0, reported >= thresholds.cappedEntropy * cap
    else { return nil }
    return Alert(
      rule: .cap, severity: .info, level: level.level,
      text: "the reported entropy of \(fixed(reported, 3)) nats is all that even use of "
        + "\(level.codebookSize) codes would show (\(fixed(cap, 3)))",
      remedy: "nothing; a flat curve here is as good as it gets",
      basis: "ln K, or less where 1e-5 is put into the logarithm")
  }

  // MARK: Before the sign

  private func precision(_ level: LevelDiagnosis) -> Alert? {
    guard let type = level.latents?.type, HalfPrecision.isNamed(by: type) else { return nil }
    return Alert(
      rule: .precision, severity: .warning, level: level.level,
      text: "the values before the sign are \(type): those near 0 fall on either side by chance",
      remedy: HalfPrecision.remedy, basis: "the type of the values as they were logged")
  }

  private func saturated(_ level: LevelDiagnosis) -> Alert? {
    guard let latents = level.latents, latents.values >= 256, let reach = latents.inReach,
      let slope = latents.slope, reach < thresholds.saturatedReach
    else { return nil }
    let size = latents.meanSize ?? .nan
    let mean = size.isFinite ? "; the mean |z| is \(fixed(size, 3))" : ""
    return Alert(
      rule: .saturated, severity: .warning, level: level.level,
      text: "the entropy term reaches only \(percent(reach)) of z, those below "
        + fixed(LatentStatistics.reach / slope, 3) + mean,
      remedy: "lower the entropy term's slope k to 4…10 (invT 1…2.5 of LFQ); lower the commitment "
        + "weight",
      basis: "share of |z| < 5.986/k over \(latents.values) values, k = \(fixed(slope, 1))")
  }

  private func scale(_ level: LevelDiagnosis) -> Alert? {
    guard let stages = level.latents?.stages,
      let index = stages.firstIndex(where: {
        $0.values > 0 && $0.rmsAfter > thresholds.residualRise * $0.rmsBefore
      })
    else { return nil }
    let stage = stages[index]
    let scale = stage.scale.isFinite ? " with its scale of \(fixed(stage.scale, 3))" : ""
    let best = stage.bestScale > 0 ? "; \(fixed(stage.bestScale, 3)) would leave the least" : ""
    return Alert(
      rule: .scale, severity: .warning, level: level.level,
      text:
        "stage \(index + 1) leaves a larger residual (\(fixed(stage.rmsAfter, 3))) than came in "
        + "(\(fixed(stage.rmsBefore, 3)))\(scale)\(best)",
      remedy: "scale stages by 2^−k, or normalise what comes into each",
      basis: "root mean square over \(stage.values) values")
  }

  private func alert(_ leak: LeakCheck) -> Alert? {
    guard leak.values > 0, !(leak.largest <= thresholds.leakDifference) else { return nil }
    return Alert(
      rule: .leak, severity: .error, level: nil,
      text: "the decoder saw values up to \(fixed(leak.largest, 3)) away from what its codes stand "
        + "for: the quantizer is bypassed",
      remedy: "give the decoder nothing but what is looked up from the integers; no residual, no "
        + "latent beside them",
      basis: "largest difference over \(leak.values) values")
  }

  private func percent(_ share: Double) -> String {
    let tenths = (share * 1000).rounded() / 10
    return tenths >= 10 || tenths == tenths.rounded() ? "\(Int(tenths.rounded())) %" : "\(tenths) %"
  }

  private func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}
