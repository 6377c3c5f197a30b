import FoundationEssentials
import Glibc
import Tensors

/// The files of one training run (design: plan, run, metrics, checkpoints).
struct RunFolder {
  let path: String

  var planPath: String { path + "/plan.json" }
  var metricsPath: String { path + "/metrics.jsonl" }
  var commandsPath: String { path + "/commands.jsonl" }
  var checkpointsPath: String { path + "/checkpoints" }
  /// The averaged weights of the finished run, ready for `--model`.
  var modelPath: String { path + "/model" }

  /// The card is written last.
  var holdsModel: Bool { FileManager.default.fileExists(atPath: modelPath + "/CARD.md") }

  var holdsRun: Bool { FileManager.default.fileExists(atPath: planPath) }

  func create() throws {
    do {
      try FileManager.default.createDirectory(
        atPath: checkpointsPath, withIntermediateDirectories: true)
    } catch {
      throw TrainingError.unwritable(path: path, reason: "the folder cannot be made")
    }
  }

  /// Removes what a killed process left of a checkpoint.
  func removePartialCheckpoints() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: checkpointsPath)) ?? []
    for name in names where name.hasPrefix(".step-") {
      try? FileManager.default.removeItem(atPath: "\(checkpointsPath)/\(name)")
    }
  }

  /// The finished checkpoints' steps, rising.
  func checkpointSteps() -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: checkpointsPath)) ?? []
    return names.compactMap { name in
      name.hasPrefix("step-") ? Int(name.dropFirst("step-".count)) : nil
    }.sorted()
  }

  func checkpointPath(step: Int) -> String { "\(checkpointsPath)/step-\(step)" }

  // MARK: Metrics

  /// Drops the lines and events behind a step, and a last line that was not finished.
  ///
  /// Only a file that is not there counts as empty: one that cannot be read stays as it is.
  func truncateMetrics(after step: Int) throws {
    let isMissing = access(metricsPath, F_OK) != 0 && errno == ENOENT
    let bytes = isMissing ? [] : try WholeFile.read(metricsPath)
    var kept: [UInt8] = []
    var steps: [StepMetrics] = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      guard let metrics = StepLine.read([UInt8](line)), metrics.step <= step else { break }
      kept += line + [UInt8(ascii: "\n")]
      steps.append(metrics)
    }
    try WholeFile.write([kept], to: metricsPath)
    try EventsFile(path: eventsPath ?? newEventsPath).truncate(after: step, steps: steps)
  }

  func lastMetrics() -> StepMetrics? {
    guard let bytes = try? WholeFile.read(metricsPath),
      let line = bytes.split(separator: UInt8(ascii: "\n")).last
    else { return nil }
    return try? JSONDecoder().decode(StepMetrics.self, from: Data(line))
  }

  /// A line of numbers, and an event with the same numbers and what else there is to see.
  func append(_ metrics: StepMetrics, more: [(tag: String, value: EventValue)] = []) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let line = [UInt8](try encoder.encode(metrics)) + [UInt8(ascii: "\n")]
    try AppendedFile.append(line, to: metricsPath)
    try EventsFile(path: eventsPath ?? newEventsPath).append(metrics, more: more)
  }

  private static let eventsPrefix = "events.out.tfevents."

  /// The run's one event file; TensorBoard follows only the newest of several.
  var eventsPath: String? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let name = names.sorted().first { $0.hasPrefix(Self.eventsPrefix) && !$0.hasSuffix(".partial") }
    return name.map { "\(path)/\($0)" }
  }

  private var newEventsPath: String {
    let seconds = Int(Date().timeIntervalSince1970)
    return "\(path)/\(Self.eventsPrefix)\(seconds).\(RunRecord.hostName())"
  }
}
