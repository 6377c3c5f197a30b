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

  var holdsRun: Bool { FileManager.default.fileExists(atPath: planPath) }

  func create() throws {
    do {
      try FileManager.default.createDirectory(
        atPath: checkpointsPath, withIntermediateDirectories: true)
    } catch {
      throw TrainingError.unwritable(path: path, reason: "the folder cannot be made")
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

  /// Drops the lines of metrics behind a step, and a last line that was not finished.
  func truncateMetrics(after step: Int) throws {
    guard let bytes = try? WholeFile.read(metricsPath) else { return }
    struct Line: Decodable { let step: Int }
    let decoder = JSONDecoder()
    var kept: [UInt8] = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      guard let parsed = try? decoder.decode(Line.self, from: Data(line)), parsed.step <= step
      else { break }
      kept += line + [UInt8(ascii: "\n")]
    }
    try WholeFile.write([kept], to: metricsPath)
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
    let file = open(metricsPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw failure(metricsPath) }
    defer { close(file) }
    // One write of one line: a reader sees whole lines but for the last.
    guard write(file, line, line.count) == line.count else { throw failure(metricsPath) }
  }

  private func failure(_ path: String) -> TrainingError {
    .unwritable(path: path, reason: String(cString: strerror(errno)))
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

  enum CodingKeys: String, CodingKey {
    case host
    case versions
    case seed
    case sourceRevision = "source_revision"
    case processID = "process_id"
    case heartbeat
    case state
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
