import ArgumentParser
import Evaluation
import Tokenization
import TokenizerEngine

struct Codebook: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "How the codebook is used at each level, and what is wrong with that.",
    discussion: CodebookTable.legend
      + "\nExample: pyratok codebook *.safetensors --fail-on warning")

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
      try check(path)
      if session == nil, CodebookScan.needsModel(path) { session = try common.session() }
      var found = try scan.add(clip.request(for: path), session: session, report: report)
      // Once is enough: the flags are the same for all inputs.
      found += formatNotices(for: path).filter { text in !notices.contains { $0.text == text } }
      notices += found.map { (path, $0) }
      return InputResult(notices: found)
    }
    let diagnosis = scan.usage?.diagnosis(seed: common.seed) ?? CodebookDiagnosis(levels: [])
    if json.isOn {
      try StandardOutput.writeLine(document(diagnosis, notices, skipped: run.skipped))
    } else if !diagnosis.levels.isEmpty {
      try StandardOutput.writeLine(CodebookTable.text(of: diagnosis))
    }
    try run.finish()
    if let failOn, diagnosis.alerts.contains(where: { $0.severity >= failOn }) {
      throw ExitCode(2)
    }
  }

  /// Throws for files that are certainly no input, before a model is loaded for them.
  private func check(_ path: String) throws {
    if path.hasSuffix(".safetensors") { try KnownFile.checkTokens(path) }
    if [".pt", ".pth", ".ckpt", ".pkl"].contains(where: path.hasSuffix) {
      throw CommandError.foreignWeights(path)
    }
  }

  /// What --bits and --codes mean for an input, where that is not what people may think.
  private func formatNotices(for path: String) -> [String] {
    guard let known = format.format else { return [] }
    guard path.hasSuffix(".npy") || path.hasSuffix(".npz") else {
      return ["--bits and --codes are for arrays; this input says itself what its codes are"]
    }
    let bits = known.codebookSize.trailingZeroBitCount
    guard format.bits == nil, format.quantizer == nil, bits > 1, known.codebookSize == 1 << bits
    else { return [] }
    return [
      "if its \(known.codebookSize) codes are made of bits, --bits \(bits) shows each of them"
    ]
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
