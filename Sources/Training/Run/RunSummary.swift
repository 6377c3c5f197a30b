import FoundationEssentials
import Glibc
import Tensors

/// A run in a few numbers, without reading all of it.
package struct RunSummary: Sendable, Equatable {
  package let path: String
  /// Nil before the first record was written.
  package let state: RunState?
  /// How many steps are done.
  package let step: Int
  package let loss: Double?
  /// Seconds since 1970 of the last step; 0 before it.
  package let time: Double

  package var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  package init(path: String, state: RunState?, step: Int, loss: Double?, time: Double) {
    self.path = path
    self.state = state
    self.step = step
    self.loss = loss
    self.time = time
  }

  /// Nil if the folder holds no run.
  package init?(path: String) {
    let folder = RunFolder(path: path)
    let hasMetrics = access(folder.metricsPath, F_OK) == 0
    guard hasMetrics || folder.holdsRun else {
      self.init(eventsIn: path)
      return
    }
    let last = hasMetrics ? Self.lastStep(in: folder.metricsPath) : nil
    self.init(
      path: path,
      state: RunRecord.read(folder)?.currentState(patience: max(60, 20 * (last?.stepSeconds ?? 0))),
      step: last?.step ?? 0, loss: last?.loss, time: last?.time ?? 0)
  }

  /// Another program's run by its event files: no steps, since those stand anywhere in them.
  private init?(eventsIn path: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    guard let name = names.filter({ $0.contains("tfevents") || $0.hasSuffix(".wandb") }).max()
    else { return nil }
    let time = ForeignRun.written("\(path)/\(name)")
    let isQuiet = Date().timeIntervalSince1970 - time > ForeignRun.patience
    self.init(path: path, state: isQuiet ? nil : .running, step: 0, loss: nil, time: time)
  }

  /// The runs among a folder's folders, the last active one first.
  package static func all(in folder: String) -> [RunSummary] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().compactMap { RunSummary(path: "\(folder)/\($0)") }
      .enumerated().sorted { ($1.element.time, $0.offset) < ($0.element.time, $1.offset) }
      .map(\.element)
  }

  /// The last whole line, found from the end.
  private static func lastStep(in path: String) -> StepMetrics? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    let size = lseek(file, 0, SEEK_END)
    let count = min(Int(size), 1 << 17)
    guard count > 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    let done = pread(file, &bytes, count, size - off_t(count))
    let lines = bytes.prefix(max(0, done)).split(separator: UInt8(ascii: "\n"))
    let decoder = JSONDecoder()
    for line in lines.suffix(2).reversed() {
      if let step = try? decoder.decode(StepMetrics.self, from: Data(line)) { return step }
    }
    return nil
  }
}
