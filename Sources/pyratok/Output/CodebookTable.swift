import Evaluation
import Tokenization

/// The codebook's use as people read it.
enum CodebookTable {
  /// Every column that its name does not explain, and how it is estimated.
  static let legend = """
    used          different codes that occur
    ceiling       as many would be expected if all K codes were alike: K(1 − (1 − 1/K)^tokens); \
    an expectation, so used/ceiling may come out above 1
    perplexity    2^entropy; entropy is that of whole codes in bits, from their shares, too low \
    where tokens are few
    bit entropy   of a single bit, mean over all; at most 1
    excess TC     total correlation in bits: how much the bits repeat each other, beyond what \
    chance gives (each bit shuffled on its own); about 0 is best
    slope         of ln count over ln rank, least squares; 0 is uniform use
    unseen        probability that the next token is a code not seen yet (Good and Turing: the \
    share of codes seen once)
    """

  /// Level 4 on top, then the legend, the alerts below.
  static func text(of diagnosis: CodebookDiagnosis) -> String {
    var table = TextTable([
      "level", "tokens", "used", "ceiling", "used/ceiling", "perplexity", "entropy", "bit entropy",
      "excess TC", "slope", "unseen",
    ])
    for level in diagnosis.levels.reversed() {
      table.add([
        "\(level.level)", "\(level.tokens)", "\(level.used)", fixed(level.ceiling, 0),
        fixed(level.usedShareOfCeiling, 3), fixed(level.perplexity, 1),
        fixed(level.jointEntropyInBits, 2), level.meanBitEntropy.map { fixed($0, 3) } ?? "-",
        level.bitStatistics.map { fixed($0.excessTotalCorrelation, 2) } ?? "-",
        level.zipfSlope.map { fixed($0, 2) } ?? "-", fixed(level.unseenMass, 3),
      ])
    }
    let alerts = diagnosis.alerts.map {
      "\($0.severity.rawValue) \($0.id)\($0.level.map { " level \($0)" } ?? ""): \($0.text)\n"
        + "    \($0.remedy)"
    }
    return ([table.text, "", legend] + (alerts.isEmpty ? [] : [""]) + alerts).joined(
      separator: "\n")
  }
}
