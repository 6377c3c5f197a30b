import ArgumentParser
import Evaluation
import Tokenization
import TokenizerEngine

struct Codebook: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "How the codebook is used at each level, and what is wrong with that.",
    discussion: CodebookTable.legend
      + "\nExample: pyratok codebook *.safetensors --fail-on warning")

  @Argument(
    help: """
      Token files (.safetensors), arrays of other programs (.npy, .npz, .safetensors, a folder with \
      metadata.json and video.bin), or clips, counted together; or one log of windows (.jsonl).
      """)
  var inputs: [String] = []

  @Option(help: ArgumentHelp("All clips of an index, in place of inputs.", valueName: "file"))
  var db: String?

  @Option(help: "Exit with 2 at an alert of this severity or above: info, warning, error.")
  var failOn: Alert.Severity?

  @Flag(
    help: """
      Each input is a window, the oldest first: alerts rise and fall over them, and the last one's \
      figures are shown.
      """)
  var windows = false

  @Flag(
    help: """
      Judge random codebooks and ones made to fail, and print what was said: a proof of the alerts.
      """)
  var selfTest = false

  @OptionGroup var judging: ThresholdsOption
  @OptionGroup var format: CodeOptions
  @OptionGroup var clip: ClipOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  func validate() throws {
    guard inputs.isEmpty == (selfTest || db != nil), !selfTest || db == nil else {
      throw ValidationError(
        selfTest
          ? "--self-test takes no inputs."
          : db == nil ? "Give token files, arrays or clips." : "--db takes no other inputs.")
    }
    guard inputs.count < 2 || !inputs.contains(where: { $0.hasSuffix(".jsonl") }) else {
      throw ValidationError("A log of windows (.jsonl) is looked at alone.")
    }
  }

  func run() throws {
    common.begin()
    if selfTest { return try prove() }
    let thresholds = try judging.read()
    if let log = inputs.first(where: { $0.hasSuffix(".jsonl") }) {
      return try diagnose(log: log, thresholds)
    }
    if let db {
      let index = try CorpusIndex(reading: db)
      defer { index.close() }
      let report = CodebookReport(
        try CodebookScan(index), seed: common.seed, thresholds: thresholds)
      try write(report, skipped: [])
      return try judge(report)
    }
    // Token files need no weights; a clip loads them when its turn comes.
    var session: Session?
    var run = InputRun(quiet: common.quiet, count: inputs.count)
    var notices: [(path: String, text: String)] = []
    var scan = CodebookScan(format: format.format, keepsWindows: windows)
    try run.each(inputs) { path, report in
      try check(path)
      if session == nil, CodebookScan.needsModel(path) { session = try common.session() }
      var found = try scan.add(clip.request(for: path), session: session, report: report)
      // Once is enough: the flags are the same for all inputs.
      found += formatNotices(for: path).filter { text in !notices.contains { $0.text == text } }
      notices += found.map { (path, $0) }
      return InputResult(notices: found)
    }
    var report = CodebookReport(scan, seed: common.seed, thresholds: thresholds)
    report.notices = notices
    try write(report, skipped: run.skipped)
    try run.finish()
    try judge(report)
  }

  /// Windows that another program logged.
  private func diagnose(log path: String, _ thresholds: AlertThresholds) throws {
    let lines = try CodebookLines(path: path, thresholds: thresholds, seed: common.seed)
    var report = CodebookReport(lines.watch)
    if let notice = lines.notice {
      report.notices = [(path, notice)]
      InputRun.show([notice], of: path, quiet: common.quiet)
    }
    try write(report, skipped: [])
    try judge(report)
  }

  private func write(_ report: CodebookReport, skipped: [SkippedInput]) throws {
    if json.isOn {
      try StandardOutput.writeLine(report.document(skipped: skipped))
    } else if !report.diagnosis.levels.isEmpty {
      try StandardOutput.writeLine(report.text)
    }
  }

  private func judge(_ report: CodebookReport) throws {
    if let failOn, report.alerts.contains(where: { $0.severity >= failOn }) { throw ExitCode(2) }
  }

  private func prove() throws {
    let proof = try CodebookProof(seeds: 1_000, quiet: common.quiet)
    try json.isOn
      ? StandardOutput.writeLine(proof.document) : StandardOutput.writeLine(proof.text)
    if !proof.holds { throw ExitCode(1) }
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
    guard CodebookScan.isArray(path) else {
      return ["--bits and --codes are for arrays; this input says itself what its codes are"]
    }
    let bits = known.codebookSize.trailingZeroBitCount
    guard format.bits == nil, format.quantizer == nil, known.dimensions == nil, bits > 1,
      known.codebookSize == 1 << bits
    else { return [] }
    return [
      "if its \(known.codebookSize) codes are made of bits, --bits \(bits) shows each of them"
    ]
  }
}

extension Alert.Severity: ExpressibleByArgument {}
