import ArgumentParser
import Glibc
import Tokenization
import TokenizerEngine
import Training
import Workbench

struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Watch a training run in the workbench, or print how it is doing.",
    discussion: "Example: pyratok watch runs/tiny, or with --once --fail-on warning")

  @Argument(help: "The run's folder; one with TensorBoard files or metrics.jsonl of any program.")
  var folder: String?

  @Flag(help: "Print state and alerts and end.")
  var once = false

  @Option(help: "Exit with 2 at an alert of this severity or above: info, warning, error.")
  var failOn = Alert.Severity.warning

  @Flag(
    help: """
      Judge logs that go wrong at a known step and train the plans that fail on purpose, each so many \
      --runs times, and print when each alert stood: a proof of the alerts.
      """)
  var selfTest = false

  @Option(parsing: .unconditional, help: "With --self-test: runs of each plan (default: 3).")
  var runs: Int?

  @Option(help: "A theme by its name, such as light.")
  var theme: String?

  @OptionGroup var judging: ThresholdsOption
  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  func validate() throws {
    guard (folder == nil) == selfTest else {
      throw ValidationError(
        selfTest ? "--self-test takes no folder." : "Name the run's folder, such as runs/tiny.")
    }
    guard runs == nil || selfTest else { throw ValidationError("--runs is for --self-test.") }
    if let runs, !(0...100).contains(runs) { throw ValidationError("--runs takes 0 to 100.") }
  }

  func run() throws {
    if selfTest { return try prove() }
    guard once || json.isOn || isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0 else {
      return try open()
    }
    Interruption.endAtOnce()
    try report()
  }

  private func prove() throws {
    common.begin()
    let proof = try RunProof(seeds: runs ?? 3, quiet: common.quiet)
    try json.isOn
      ? StandardOutput.writeLine(proof.document) : StandardOutput.writeLine(proof.text)
    if !proof.holds { throw ExitCode(1) }
  }

  private func report() throws {
    let folder = folder ?? ""
    let thresholds = try judging.read()
    var reader = try RunReader(path: folder, thresholds: thresholds)
    var progress = ProgressLine(quiet: common.quiet)
    while reader.poll(views: false) {
      reader.forgetSteps(keeping: 64)
      progress.show("reading, \(Int(reader.readShare(views: false) * 100)) % done")
    }
    var codebook = CodebookFollower(folder: folder, thresholds: thresholds)
    while codebook.poll() {}
    progress.clear()
    for notice in (reader.foreign?.notices ?? []) + [codebook.notice].compactMap(\.self) {
      StandardError.writeLine("pyratok: \(notice)")
    }
    let alerts = codebook.alerts(with: reader.alerts)
    try json.isOn
      ? StandardOutput.writeLine(document(reader, alerts))
      : StandardOutput.writeLine(text(reader, alerts))
    if alerts.contains(where: { $0.severity >= failOn }) { throw ExitCode(2) }
  }

  /// The Train screen; where the terminal has none, state and alerts.
  private func open() throws {
    let folder = folder ?? ""
    _ = try RunReader(path: folder)
    var options = OpenOptions()
    options.run = folder
    options.model = common.model
    options.theme = theme
    options.thresholds = try judging.read()
    let app: App
    do {
      app = try App(options) { try loadCodec($0) }
    } catch let error as TerminalError {
      StandardError.writeLine("pyratok: \(error)")
      return try report()
    }
    let code = app.run()
    // Without destructors, as after every workbench.
    fflush(nil)
    _exit(code)
  }

  private func document(_ reader: RunReader, _ alerts: [Alert]) -> JSONObject {
    JSONObject {
      $0.set("state", reader.state?.rawValue)
      $0.set("step", reader.lastStep)
      $0.set("steps", reader.plannedSteps)
      $0.set("stage", reader.metrics.last?.stage)
      $0.set("loss", reader.lastLoss)
      $0.set("seconds_left", reader.secondsLeft)
      $0.set("alerts", alerts.map { JSONObject($0) })
    }
  }

  private func text(_ reader: RunReader, _ alerts: [Alert]) -> String {
    var first = "\(state(reader)), step \(reader.lastStep)"
    if let steps = reader.plannedSteps { first += " of \(steps)" }
    if let loss = reader.lastLoss { first += ", loss \(fixed(loss, 4))" }
    let lines = alerts.map {
      "\($0.severity.rawValue) \($0.id)\($0.level.map { " level \($0)" } ?? ""): \($0.text)\n"
        + "    \($0.remedy)"
    }
    return ([first] + lines).joined(separator: "\n")
  }

  /// What ended another program's run is not known.
  private func state(_ reader: RunReader) -> String {
    guard let foreign = reader.foreign else { return reader.state?.rawValue ?? "not begun" }
    let minutes = Int(min(foreign.quietSeconds / 60, 1e9))
    let quiet = minutes < 120 ? "\(minutes) min" : "\(minutes / 60) h"
    return reader.state?.rawValue ?? "quiet for \(quiet)"
  }
}
