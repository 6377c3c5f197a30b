import CTerminal
import Foundation
import Glibc

/// This program, started again on a terminal that only counts what it is sent.
final class ProbedTerminal {
  private let master: Int32
  private let slave: Int32
  private let process: pid_t
  private let started = ct_monotonic()
  private var received: [UInt8] = []
  private var hasEnded = false

  init(_ arguments: [String], environment extra: [String: String] = [:]) throws {
    var master: Int32 = -1
    var slave: Int32 = -1
    var name = [CChar](repeating: 0, count: 64)
    guard ct_pty_open(80, 24, &master, &slave, &name) else {
      throw CommandError.noTerminal
    }
    let program = CommandLine.arguments[0]
    let path =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? program
    var settings = ProcessInfo.processInfo.environment
    settings["TERM"] = "xterm-256color"
    settings["COLORTERM"] = ""
    settings["LC_ALL"] = "C.UTF-8"
    settings.merge(extra) { $1 }
    var words = ([path] + arguments).map { strdup($0) } + [nil]
    var environment = settings.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in words + environment { free(pointer) } }
    process = ct_pty_spawn(path, &words, &environment, name)
    self.master = master
    self.slave = slave
    guard process > 0 else { throw CommandError.noTerminal }
  }

  deinit {
    end()
    close(master)
    close(slave)
  }

  /// Asks the program to end and waits until it has.
  func end() {
    guard !hasEnded else { return }
    kill(process, SIGTERM)
    waitForEnd()
  }

  /// Milliseconds until the program has ended.
  func timeToEnd() -> Double {
    waitForEnd()
    return (ct_monotonic() - started) * 1000
  }

  private func waitForEnd() {
    var status: Int32 = 0
    while waitpid(process, &status, WNOHANG) == 0 { read(milliseconds: 1) }
    hasEnded = true
  }

  /// Milliseconds until a whole frame has come, by the mark behind it; nil after ten seconds.
  func timeToFirstFrame() -> Double? {
    while ct_monotonic() - started < 10 {
      if read(milliseconds: 5), frames > 0 { return (ct_monotonic() - started) * 1000 }
    }
    return nil
  }

  /// Milliseconds from a typed letter to the first byte of the frame that shows it, nil if none does.
  ///
  /// Frames that were on their way, or come for another reason, do not count.
  func answerTime(to letter: Character) -> Double? {
    while read(milliseconds: 0) {}
    received = []
    let sent = ct_monotonic()
    var begun: [(place: Int, time: Double)] = []
    send(String(letter))
    while ct_monotonic() - sent < 2 {
      let known = received.count
      guard read(milliseconds: 20) else { continue }
      let time = ct_monotonic()
      // A mark may have come in two pieces.
      for place in max(0, known - Self.frameBegin.count + 1)..<received.count
      where received[place...].starts(with: Self.frameBegin) { begun.append((place, time)) }
      for (index, frame) in begun.enumerated() {
        let end = index + 1 < begun.count ? begun[index + 1].place : received.count
        if Self.text(of: received[frame.place..<end]).contains(letter) {
          return (frame.time - sent) * 1000
        }
      }
    }
    return nil
  }

  /// What bytes show, without the sequences that move and colour.
  private static func text(of bytes: ArraySlice<UInt8>) -> String {
    var shown: [UInt8] = []
    var isSequence = false
    for byte in bytes {
      if byte == 0x1B {
        isSequence = true
      } else if isSequence {
        // The bracket begins a sequence, other letters end it.
        if byte >= 0x40, byte != 0x5B { isSequence = false }
      } else {
        shown.append(byte)
      }
    }
    return String(decoding: shown, as: UTF8.self)
  }

  private static let frameBegin = Array("\u{1B}[?2026h".utf8)

  /// Sends keys and reads for a while.
  func press(_ keys: String, thenReadFor seconds: Double) {
    if !keys.isEmpty { send(keys) }
    let end = ct_monotonic() + seconds
    while ct_monotonic() < end { read(milliseconds: Int32((end - ct_monotonic()) * 1000) + 1) }
    received = []
  }

  /// Reads until nothing has come for a while.
  func drain(quietFor seconds: Double, atMost limit: Double) {
    let begun = ct_monotonic()
    while ct_monotonic() - begun < limit, read(milliseconds: Int32(seconds * 1000)) {}
  }

  /// The share of one processor that the program takes while nothing happens, and how often any of
  /// its threads woke up.
  func activity(overSeconds seconds: Double) -> (processor: Double, wakeups: Int) {
    let before = threads
    let end = ct_monotonic() + seconds
    while ct_monotonic() < end { read(milliseconds: 100) }
    // Threads that ended meanwhile took next to nothing; new ones count from their start.
    var spent = (time: 0, wakeups: 0)
    for (thread, now) in threads {
      spent.time += now.time - (before[thread]?.time ?? 0)
      spent.wakeups += now.wakeups - (before[thread]?.wakeups ?? 0)
    }
    return (Double(spent.time) / 1e9 / seconds, spent.wakeups)
  }

  /// Milliseconds that the program's main thread has waited for a processor since it began.
  var mainThreadWait: Double {
    let fields = text("/proc/\(process)/task/\(process)/schedstat").split(separator: " ")
    return fields.count > 1 ? (Double(fields[1]) ?? 0) / 1e6 : 0
  }

  /// Of each thread: nanoseconds on a processor, and how often it went to sleep.
  private var threads: [String: (time: Int, wakeups: Int)] {
    let folder = "/proc/\(process)/task"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.reduce(into: [:]) { threads, name in
      let time = text("\(folder)/\(name)/schedstat").split(separator: " ").first
      let sleeps = text("\(folder)/\(name)/status").split(separator: "\n")
        .first { $0.hasPrefix("voluntary_ctxt_switches") }?.split(separator: "\t").last
      threads[name] = (time.flatMap { Int($0) } ?? 0, sleeps.flatMap { Int($0) } ?? 0)
    }
  }

  private func text(_ path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }

  /// Whole frames among the bytes received: each ends with the mark of mode 2026.
  private var frames: Int {
    let mark = Array("\u{1B}[?2026l".utf8)
    return received.indices.count { received[$0...].starts(with: mark) }
  }

  private func send(_ text: String) { _ = text.withCString { write(master, $0, strlen($0)) } }

  /// True if something came within the time.
  @discardableResult
  private func read(milliseconds: Int32) -> Bool {
    var poller = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&poller, 1, milliseconds) > 0 else { return false }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = Glibc.read(master, &buffer, buffer.count)
    guard count > 0 else { return false }
    received += buffer.prefix(count)
    return true
  }
}
