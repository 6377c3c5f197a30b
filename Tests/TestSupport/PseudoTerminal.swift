import CTerminal
import Dispatch
import Glibc

/// A program under test on a terminal of its own, seen through a `VirtualTerminal`.
///
/// One test drives one of these; nothing here sleeps: every wait is a poll with a deadline.
package final class PseudoTerminal {
  package let master: Int32
  /// Kept open so that the settings can be read and the screen outlives the program.
  package let slave: Int32
  package let path: String
  package private(set) var screen: VirtualTerminal
  /// Everything the program wrote.
  package private(set) var bytes: [UInt8] = []
  /// How the program ended, once it has: `waitpid`'s status.
  package private(set) var status: Int32?
  private var process: pid_t = -1

  package enum Failure: Error {
    case noPseudoTerminal
    case notStarted(String)
  }

  package init(width: Int = 80, height: Int = 24) throws {
    var master: Int32 = -1
    var slave: Int32 = -1
    var path = [CChar](repeating: 0, count: 64)
    guard ct_pty_open(Int32(width), Int32(height), &master, &slave, &path) else {
      throw Failure.noPseudoTerminal
    }
    self.master = master
    self.slave = slave
    self.path = path.withUnsafeBufferPointer { buffer in
      String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    screen = VirtualTerminal(width: width, height: height)
  }

  deinit {
    if process > 0, status == nil {
      kill(process, SIGKILL)
      var status: Int32 = 0
      waitpid(process, &status, 0)
    }
    close(master)
    close(slave)
  }

  /// Starts a program in a session of its own; `environment` is all that it gets.
  package func start(_ program: String, _ arguments: [String] = [], environment: [String: String])
    throws
  {
    var argv = ([program] + arguments).map { strdup($0) } + [nil]
    var envp =
      environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    process = ct_pty_spawn(program, &argv, &envp, path)
    guard process > 0 else { throw Failure.notStarted(program) }
  }

  package var processID: pid_t { process }

  package func send(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
      guard written > 0 else { return }
      rest = rest.dropFirst(written)
    }
  }

  package func signal(_ number: Int32) { kill(process, number) }

  package func resize(width: Int, height: Int) {
    screen.resize(width: width, height: height)
    ct_set_window_size(master, Int32(width), Int32(height))
  }

  /// Reads until `condition` holds for the screen; false if it does not within `seconds`.
  @discardableResult
  package func wait(
    seconds: Double = 10, until condition: (VirtualTerminal) -> Bool
  ) -> Bool {
    let deadline = ct_monotonic() + seconds
    while true {
      if condition(screen) { return true }
      guard ct_monotonic() < deadline else { return false }
      read(milliseconds: 20)
    }
  }

  /// Reads until the program has ended and its last words are in; its status.
  @discardableResult
  package func waitForEnd(seconds: Double = 20) -> Int32? {
    let deadline = ct_monotonic() + seconds
    while status == nil, ct_monotonic() < deadline {
      read(milliseconds: 10)
      var code: Int32 = 0
      if waitpid(process, &code, WNOHANG) == process { status = code }
    }
    while read(milliseconds: 20) {}
    return status
  }

  /// The number of the signal that ended the program; nil if it ended by itself.
  package var endingSignal: Int32? {
    guard let status, status & 0x7f != 0 else { return nil }
    return status & 0x7f
  }

  package var exitCode: Int32? {
    guard let status, status & 0x7f == 0 else { return nil }
    return status >> 8 & 0xff
  }

  /// The terminal's settings, to be compared before and after.
  package var settings: [UInt32] {
    var state = termios()
    tcgetattr(slave, &state)
    return [state.c_iflag, state.c_oflag, state.c_cflag, state.c_lflag]
  }

  /// Reads what is there within the time given; false if nothing came.
  @discardableResult
  package func read(milliseconds: Int32, atMost limit: Int = 65_536) -> Bool {
    var poller = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&poller, 1, milliseconds) > 0 else { return false }
    var buffer = [UInt8](repeating: 0, count: limit)
    let count = buffer.withUnsafeMutableBytes { Glibc.read(master, $0.baseAddress, $0.count) }
    guard count > 0 else { return false }
    bytes += buffer.prefix(count)
    screen.write(buffer.prefix(count))
    return true
  }

  /// Takes nothing for a while, as a slow link does.
  package func pause(milliseconds: Int32) { _ = poll(nil, 0, milliseconds) }

  /// Runs `body` in this thread while another reads what it writes, however much that is.
  package func reading<R>(while body: () throws -> R) rethrows -> R {
    let collector = Collector(master: master)
    collector.start()
    defer {
      let collected = collector.finish()
      bytes += collected
      screen.write(collected)
    }
    return try body()
  }

  /// Forgets the bytes so far, not the screen.
  package func forgetBytes() { bytes = [] }
}

/// Reads a descriptor on a thread of its own until told that nothing more will be written.
// Checked by hand: `bytes` belongs to the thread until `finish` has waited for its end.
private final class Collector: @unchecked Sendable {
  private let master: Int32
  private let isDone = DispatchSemaphore(value: 0)
  private let isFinished = DispatchSemaphore(value: 0)
  private var bytes: [UInt8] = []

  init(master: Int32) { self.master = master }

  func start() {
    DispatchQueue.global().async { [self] in
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while true {
        var poller = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        let isLast = isDone.wait(timeout: .now()) == .success
        if isLast { isDone.signal() }
        guard poll(&poller, 1, isLast ? 0 : 1) > 0 else {
          if isLast { break }
          continue
        }
        let count = buffer.withUnsafeMutableBytes { read(master, $0.baseAddress, $0.count) }
        guard count > 0 else { break }
        bytes += buffer.prefix(count)
      }
      isFinished.signal()
    }
  }

  func finish() -> [UInt8] {
    isDone.signal()
    isFinished.wait()
    return bytes
  }
}
