import ArgumentParser
import Evaluation
import Tokenization
import TokenizerEngine

struct Codebook: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "How the codebook is used at each level, and what is wrong with that.",
    discussion: "Example: pyratok codebook *.safetensors --fail-on warning")

  @Argument(help: "Token files (.safetensors), arrays (.npy, .npz), or clips; counted together.")
  var inputs: [String]

  @Option(help: "Exit with 2 at an alert of this severity or above: info, warning, error.")
  var failOn: Alert.Severity?

  @OptionGroup var format: CodeOptions
  @OptionGroup var clip: ClipOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  func run() throws {
    common.begin()
    // Token files need no weights; a clip loads them when its turn comes.
    var session: Session?
    var run = InputRun(quiet: common.quiet, count: inputs.count)
    var notices: [(path: String, text: String)] = []
    var scan = CodebookScan(format: format.format)
    try run.each(inputs) { path, report in
      if session == nil, CodebookScan.needsModel(path) { session = try common.session() }
      let found = try scan.add(clip.request(for: path), session: session, report: report)
      notices += found.map { (path, $0) }
      return InputResult(notices: found)
    }
    let diagnosis = scan.usage?.diagnosis(seed: common.seed) ?? CodebookDiagnosis(levels: [])
    if json.isOn {
      try StandardOutput.writeLine(document(diagnosis, notices, skipped: run.skipped))
    } else if !diagnosis.levels.isEmpty {
      try StandardOutput.writeLine(diagnosis.table)
    }
    try run.finish()
    if let failOn, diagnosis.alerts.contains(where: { $0.severity >= failOn }) {
      throw ExitCode(2)
    }
  }

  private func document(
    _ diagnosis: CodebookDiagnosis, _ notices: [(path: String, text: String)],
    skipped: [SkippedInput]
  ) -> JSONObject {
    JSONObject {
      $0.set("levels", diagnosis.levels.map { JSONObject($0) })
      $0.set("alerts", diagnosis.alerts.map { JSONObject($0) })
      $0.set(
        "notices",
        notices.map { notice in
          JSONObject {
            $0.set("path", notice.path)
            $0.set("text", notice.text)
          }
        })
      $0.set("skipped", skipped.map(\.json))
    }
  }
}

extension Alert.Severity: ExpressibleByArgument {}

extension CodebookDiagnosis {
  /// Level 4 on top, the alerts below.
  fileprivate var table: String {
    var table = TextTable([
      "level", "tokens", "used", "ceiling", "used/ceiling", "perplexity", "entropy", "bit entropy",
      "excess TC", "slope", "unseen",
    ])
    for level in levels.reversed() {
      table.add([
        "\(level.level)", "\(level.tokens)", "\(level.used)", fixed(level.ceiling, 0),
        fixed(level.usedShareOfCeiling, 3), fixed(level.perplexity, 1),
        fixed(level.jointEntropyInBits, 2), level.meanBitEntropy.map { fixed($0, 3) } ?? "-",
        level.bitStatistics.map { fixed($0.excessTotalCorrelation, 2) } ?? "-",
        level.zipfSlope.map { fixed($0, 2) } ?? "-", fixed(level.unseenMass, 3),
      ])
    }
    let alerts = alerts.map {
      "\($0.severity.rawValue) \($0.id)\($0.level.map { " level \($0)" } ?? ""): \($0.text)\n"
        + "    \($0.remedy)"
    }
    return ([table.text] + alerts).joined(separator: "\n")
  }
}
