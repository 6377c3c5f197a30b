import FoundationEssentials
import Glibc
import Tensors

/// The files of one training run (design: plan, run, metrics, checkpoints).
struct RunFolder {
  let path: String

  var planPath: String { path + "/plan.json" }
  var metricsPath: String { path + "/metrics.jsonl" }
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
    let decoder = JSONDecoder()
    var kept: [UInt8] = []
    var steps: [StepMetrics] = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      guard let metrics = try? decoder.decode(StepMetrics.self, from: Data(line)),
        metrics.step <= step
      else { break }
      kept += line + [UInt8(ascii: "\n")]
      steps.append(metrics)
    }
    try WholeFile.write([kept], to: metricsPath)
    try events.rewrite(steps)
  }

  func lastMetrics() -> StepMetrics? {
    guard let bytes = try? WholeFile.read(metricsPath),
      let line = bytes.split(separator: UInt8(ascii: "\n")).last
    else { return nil }
    return try? JSONDecoder().decode(StepMetrics.self, from: Data(line))
  }

  func append(_ metrics: StepMetrics) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let line = [UInt8](try encoder.encode(metrics)) + [UInt8(ascii: "\n")]
    try AppendedFile.append(line, to: metricsPath)
    try events.append(metrics)
  }

  /// The run's one event file; TensorBoard follows only the newest of several.
  private var events: EventsFile {
    let prefix = "events.out.tfevents."
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let name = names.first { $0.hasPrefix(prefix) }
    let seconds = Int(Date().timeIntervalSince1970)
    return EventsFile(path: "\(path)/\(name ?? "\(prefix)\(seconds).\(RunRecord.hostName())")")
  }
}

/// `run.json`: which process makes the run, and that it is alive.
struct RunRecord: Codable {
  var host: String
  var versions: [String: String]
  var seed: UInt64
  var sourceRevision: String?
  var processID: Int32
  /// Seconds since 1970 when the process last wrote this.
  var heartbeat: Double
  var state: String
  /// Clips of the manifest that could not be read; absent if all could.
  var skipped: [SkippedClip]?

  enum CodingKeys: String, CodingKey {
    case host
    case versions
    case seed
    case sourceRevision = "source_revision"
    case processID = "process_id"
    case heartbeat
    case state
    case skipped
  }

  /// The record of a run folder; nil if there is none that can be read.
  static func read(_ folder: RunFolder) -> RunRecord? {
    guard let bytes = try? WholeFile.read(folder.path + "/run.json", limit: 1 << 24) else {
      return nil
    }
    return try? JSONDecoder().decode(RunRecord.self, from: Data(bytes))
  }

  func write(to folder: RunFolder) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try WholeFile.write(
      [[UInt8](try encoder.encode(self)) + [UInt8(ascii: "\n")]], to: folder.path + "/run.json")
  }

  static func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, 255) == 0 else { return "unknown" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
