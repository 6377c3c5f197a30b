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

  init(_ arguments: [String]) throws {
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
    var words = ([path] + arguments).map { strdup($0) } + [nil]
    var environment = settings.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in words + environment { free(pointer) } }
    process = ct_pty_spawn(path, &words, &environment, name)
    self.master = master
    self.slave = slave
    guard process > 0 else { throw CommandError.noTerminal }
  }

  deinit {
    kill(process, SIGTERM)
    var status: Int32 = 0
    while waitpid(process, &status, WNOHANG) == 0 { read(milliseconds: 10) }
    close(master)
    close(slave)
  }

  /// Milliseconds until the program has ended.
  func timeToEnd() -> Double {
    var status: Int32 = 0
    while waitpid(process, &status, WNOHANG) == 0 { read(milliseconds: 1) }
    return (ct_monotonic() - started) * 1000
  }

  /// Milliseconds until a whole frame has come, by the mark behind it; nil after ten seconds.
  func timeToFirstFrame() -> Double? {
    while ct_monotonic() - started < 10 {
      if read(milliseconds: 5), frames > 0 { return (ct_monotonic() - started) * 1000 }
    }
    return nil
  }

  /// Milliseconds from a key to the first byte that comes back; nil if nothing does.
  func responseTime(to key: String) -> Double? {
    while read(milliseconds: 0) {}
    let sent = ct_monotonic()
    send(key)
    while ct_monotonic() - sent < 2 {
      if read(milliseconds: 20) { return (ct_monotonic() - sent) * 1000 }
    }
    return nil
  }

  /// Reads until nothing has come for a while.
  func drain(quietFor seconds: Double, atMost limit: Double) {
    let begun = ct_monotonic()
    while ct_monotonic() - begun < limit, read(milliseconds: Int32(seconds * 1000)) {}
  }

  /// Bytes and frames that come within a time after a key.
  func traffic(after key: String, seconds: Double) -> (bytes: Int, frames: Int) {
    received = []
    send(key)
    let end = ct_monotonic() + seconds
    while ct_monotonic() < end { read(milliseconds: 20) }
    return (received.count, frames)
  }

  /// The share of one processor that the program takes while nothing happens.
  func processorTime(overSeconds seconds: Double) -> Double {
    let before = threadTimes
    let end = ct_monotonic() + seconds
    while ct_monotonic() < end { read(milliseconds: 100) }
    // Threads that ended meanwhile took next to nothing; new ones count from their start.
    let spent = threadTimes.reduce(0) { $0 + $1.value - (before[$1.key] ?? 0) }
    return Double(spent) / 1e9 / seconds
  }

  /// Nanoseconds on a processor, of each of the program's threads.
  private var threadTimes: [String: Int] {
    let folder = "/proc/\(process)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return threads.reduce(into: [:]) { times, thread in
      let path = "\(folder)/\(thread)/schedstat"
      let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
      times[thread] = text.split(separator: " ").first.flatMap { Int($0) }
    }
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
