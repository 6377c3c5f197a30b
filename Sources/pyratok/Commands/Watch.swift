import ArgumentParser
import Tokenization
import Training

struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "See how a training run is doing.",
    discussion: "Example: pyratok watch runs/tiny --once --fail-on warning")

  @Argument(help: "The run's folder.")
  var folder: String

  @Flag(help: "Print state and alerts and end.")
  var once = false

  @Option(help: "Exit with 2 at an alert of this severity or above: info, warning, error.")
  var failOn = Alert.Severity.warning

  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  func run() throws {
    Interruption.endAtOnce()
    var reader = try RunReader(path: folder)
    while reader.poll(views: false) {}
    let alerts = reader.alerts
    try json.isOn
      ? StandardOutput.writeLine(document(reader, alerts))
      : StandardOutput.writeLine(text(reader, alerts))
    if alerts.contains(where: { $0.severity >= failOn }) { throw ExitCode(2) }
  }

  private func document(_ reader: RunReader, _ alerts: [Alert]) -> JSONObject {
    JSONObject {
      $0.set("state", reader.state?.rawValue)
      $0.set("step", reader.metrics.last?.step ?? 0)
      $0.set("steps", reader.plannedSteps)
      $0.set("stage", reader.metrics.last?.stage)
      $0.set("loss", reader.metrics.last?.loss)
      $0.set("seconds_left", reader.secondsLeft)
      $0.set("alerts", alerts.map { JSONObject($0) })
    }
  }

  private func text(_ reader: RunReader, _ alerts: [Alert]) -> String {
    var first = "\(reader.state?.rawValue ?? "not begun"), step \(reader.metrics.last?.step ?? 0)"
    if let steps = reader.plannedSteps { first += " of \(steps)" }
    if let last = reader.metrics.last { first += ", loss \(fixed(last.loss, 4))" }
    let lines = alerts.map {
      "\($0.severity.rawValue) \($0.id)\($0.level.map { " level \($0)" } ?? ""): \($0.text)\n"
        + "    \($0.remedy)"
    }
    return ([first] + lines).joined(separator: "\n")
  }
}
