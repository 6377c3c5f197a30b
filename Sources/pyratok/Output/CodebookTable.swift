import Evaluation
import Tokenization

/// The codebook's use as people read it.
enum CodebookTable {
  /// Every column that its name does not explain, and how it is estimated: by its field of the JSON.
  static let estimators: [(name: String, field: String, text: String)] = [
    ("used", "used", "different codes that occur"),
    (
      "ceiling", "ceiling",
      "as many would be expected if all K codes were alike: K(1 − (1 − 1/K)^tokens); an "
        + "expectation, so used/ceiling may come out above 1"
    ),
    (
      "perplexity", "perplexity",
      "2^entropy; entropy is that of whole codes in bits, from their shares, too low where tokens "
        + "are few"
    ),
    ("bit entropy", "bit_entropy", "of a single bit, mean over all; at most 1"),
    (
      "groups", "groups",
      "Σ of the entropies of groups of at most 8 neighbouring bits (Miller and Madow), known "
        + "well from about a thousand tokens on"
    ),
    (
      "excess TC", "excess_total_correlation_bits",
      "total correlation in bits: how much the bits repeat each other, beyond what chance gives "
        + "(each bit shuffled on its own); about 0 is best"
    ),
    (
      "parities", "parities",
      "sets of three or more bits that fix each other's parity; looked for in all sets of up to 20 "
        + "bits"
    ),
    (
      "slope", "zipf_slope",
      "of ln count over ln rank, least squares; behind it that of as many even draws"
    ),
    (
      "unseen", "unseen_mass",
      "probability that the next token is a code not seen yet (Good and Turing: the share of codes "
        + "seen once)"
    ),
    ("Chao1", "chao1", "at least so many codes are in use, seen or not"),
  ]

  static var legend: String {
    let width = (estimators.map(\.name.count).max() ?? 0) + 2
    return estimators.map {
      $0.name + String(repeating: " ", count: width - $0.name.count) + $0.text
    }.joined(separator: "\n")
  }

  /// Level 4 on top, then what else is known, the legend, the alerts below.
  static func text(of diagnosis: CodebookDiagnosis, alerts: [Alert], turns: [String] = [])
    -> String
  {
    var table = TextTable([
      "level", "tokens", "used", "ceiling", "used/ceiling", "perplexity", "entropy", "bit entropy",
      "groups", "excess TC", "parities", "slope", "unseen", "Chao1",
    ])
    for level in diagnosis.levels.reversed() { table.add(row(level)) }
    let more = diagnosis.levels.reversed().flatMap { details(of: $0) }
    var parts = [table.text]
    if !more.isEmpty { parts.append(more.joined(separator: "\n")) }
    if !turns.isEmpty { parts.append(turns.joined(separator: "\n")) }
    parts.append(legend)
    if !alerts.isEmpty { parts.append(alerts.map(text).joined(separator: "\n")) }
    return parts.joined(separator: "\n\n")
  }

  private static func row(_ level: LevelDiagnosis) -> [String] {
    let (bits, spectrum) = (level.bitStatistics, level.spectrum)
    let groups = bits?.joint?.groups.reduce(0) { $0 + $1.entropy }
    let slope = spectrum?.zipfSlope.map {
      fixed($0, 2) + (spectrum?.uniformZipfSlope.map { " (\(fixed($0, 2)))" } ?? "")
    }
    return [
      "\(level.level)", "\(level.tokens)", "\(level.used)", fixed(level.ceiling, 0),
      fixed(level.usedShareOfCeiling, 3), number(spectrum?.perplexity, 1),
      number(spectrum?.entropyInBits, 2), number(level.meanBitEntropy, 3), number(groups, 2),
      number(bits?.excessTotalCorrelation, 2),
      bits?.joint.map { "\($0.parities.count)" } ?? "-", slope ?? "-",
      number(spectrum?.unseenMass, 3), number(spectrum?.chao1, 0),
    ]
  }

  private static func number(_ value: Double?, _ digits: Int) -> String {
    value.map { fixed($0, digits) } ?? "-"
  }

  /// What only some codes have.
  private static func details(of level: LevelDiagnosis) -> [String] {
    var lines: [String] = []
    if let dimensions = level.dimensions {
      lines.append(
        "level \(level.level), entropy of each dimension over the most there could be: "
          + dimensions.map { fixed($0.evenness, 3) }.joined(separator: ", "))
    }
    if let clips = level.clips, clips.clips > 1, let share = clips.share {
      lines.append(
        "level \(level.level), within each of \(clips.clips) clips: \(fixed(clips.usedInAClip, 1)) "
          + "codes, \(fixed(share, 3)) of what random tokens show")
    }
    guard let latents = level.latents else { return lines }
    if let reach = latents.inReach, let size = latents.meanSize {
      lines.append(
        "level \(level.level), before the sign: mean |z| \(fixed(size, 3)), the entropy term "
          + "reaches \(fixed(reach, 3)) of \(latents.values) values")
    }
    if !latents.stages.isEmpty {
      let ladder = latents.stages.map {
        "\(fixed($0.rmsAfter, 3)) (scale \(fixed($0.scale, 3)), best \(fixed($0.bestScale, 3)))"
      }
      lines.append(
        "level \(level.level), residual \(fixed(latents.stages[0].rmsBefore, 3)) → "
          + ladder.joined(separator: " → "))
    }
    return lines
  }

  private static func text(of alert: Alert) -> String {
    "\(alert.severity.rawValue) \(alert.id)\(alert.level.map { " level \($0)" } ?? ""): "
      + alert.text + "\n    \(alert.remedy)" + (alert.basis.map { "\n    from: \($0)" } ?? "")
  }

  /// When alerts rose and fell.
  static func lines(_ turns: [CodebookWatch.Turn], of windows: Int) -> [String] {
    guard !turns.isEmpty else { return ["no alert rose in \(windows) windows"] }
    return turns.map {
      "window \($0.window) of \(windows): \($0.rule.rawValue)"
        + "\($0.level.map { " level \($0)" } ?? "") \($0.isRise ? "rises" : "falls")"
    }
  }
}
