import FoundationEssentials
import Glibc
import Tensors

/// `run.json`: which process makes the run, and that it is alive.
package struct RunRecord: Codable, Sendable, Equatable {
  package var host: String
  package var versions: [String: String]
  package var seed: UInt64
  package var sourceRevision: String?
  package var processID: Int32
  /// Since the machine started, in its own ticks: another process with the number has another.
  package var processStart: UInt64?
  /// Seconds since 1970 when the process last wrote this.
  package var heartbeat: Double
  /// The same in seconds since the machine started: clocks that are set do not touch it.
  package var heartbeatUptime: Double?
  /// Names the start of the machine that `heartbeatUptime` counts from.
  package var boot: String?
  /// running, paused, finished, stopped or failed.
  package var state: String
  /// Why the run failed, in one line.
  package var failure: String?
  /// Whether it failed because a number was not finite.
  package var isNonFinite: Bool?
  /// The plan's file as it was given to the trainer, absolute.
  package var planPath: String?
  /// Clips of the manifest that could not be read; absent if all could.
  package var skipped: [SkippedClip]?

  enum CodingKeys: String, CodingKey {
    case host
    case versions
    case seed
    case sourceRevision = "source_revision"
    case processID = "process_id"
    case processStart = "process_start"
    case heartbeat
    case heartbeatUptime = "heartbeat_uptime"
    case boot
    case state
    case failure
    case isNonFinite = "non_finite"
    case planPath = "plan_path"
    case skipped
  }

  static func path(in folder: RunFolder) -> String { folder.path + "/run.json" }

  /// The record of a run folder; nil if there is none that can be read.
  static func read(_ folder: RunFolder) -> RunRecord? {
    guard let bytes = try? WholeFile.read(path(in: folder), limit: 1 << 24) else { return nil }
    return try? JSONDecoder().decode(RunRecord.self, from: Data(bytes))
  }

  func write(to folder: RunFolder) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try WholeFile.write(
      [[UInt8](try encoder.encode(self)) + [UInt8(ascii: "\n")]], to: Self.path(in: folder))
  }

  /// Says that the process is alive now.
  mutating func beat() {
    heartbeat = Date().timeIntervalSince1970
    heartbeatUptime = Self.uptime()
  }

  // MARK: This machine

  static func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, 255) == 0 else { return "unknown" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  static func uptime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  static func currentBoot() -> String? {
    FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id").map {
      String(decoding: $0, as: UTF8.self).filter { !$0.isWhitespace }
    }
  }

  /// When a process of this machine started, in ticks; nil if there is none of that number.
  static func start(ofProcess id: Int32) -> UInt64? {
    guard let bytes = FileManager.default.contents(atPath: "/proc/\(id)/stat") else { return nil }
    // The name, in brackets, may hold spaces and brackets; the rest has none.
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[end...].split(separator: " ")
    return fields.count > 20 && fields[1] != "Z" ? UInt64(fields[20]) : nil
  }
}

/// What a run is doing, as far as can be told from outside.
package enum RunState: String, Sendable, CaseIterable {
  case running
  case paused
  case finished
  /// Ended on request; it can be resumed.
  case stopped
  /// Ended with an error.
  case failed
  /// The process is there and does nothing.
  case stalled
  /// The process is gone without a word.
  case crashed
}

extension RunRecord {
  /// - Parameter patience: seconds without a sign of life that are still no reason to worry.
  package func currentState(patience: Double = 60) -> RunState {
    let told = RunState(rawValue: state) ?? .crashed
    guard told == .running || told == .paused else { return told }
    guard host == Self.hostName() else {
      // Another machine's process cannot be seen and its clock may differ: be patient.
      return Date().timeIntervalSince1970 - heartbeat > 4 * patience ? .crashed : told
    }
    guard boot == nil || boot == Self.currentBoot(), let start = Self.start(ofProcess: processID),
      start == processStart ?? start
    else { return .crashed }
    return Self.uptime() - (heartbeatUptime ?? Self.uptime()) > patience ? .stalled : told
  }
}
