import Foundation
import Synchronization
import Tensors

/// Thrown between two steps of work after ctrl-C, so that half-written files are removed on the way
/// out.
struct Interrupted: Error {
  let signal: Int32

  /// 130 for ctrl-C.
  var exitCode: Int32 { 128 + signal }
}

/// Remembers SIGINT, SIGTERM and SIGHUP until the work in hand comes to a place where it can stop.
enum Interruption {
  private static let caught = Atomic<Int32>(0)
  /// Where the handler tells the thread that cleans up; −1 before there is one.
  private static let alarm = Atomic<Int32>(-1)

  /// The second signal ends the program where it stands, without what is half-written.
  static func watch() {
    // Touched once here, because a signal handler must not run an initializer.
    caught.store(0, ordering: .relaxed)
    endAtAlarm()
    for number in [SIGINT, SIGTERM, SIGHUP] {
      respond(to: number) { number in
        guard Interruption.caught.exchange(number, ordering: .relaxed) != 0 else { return }
        var code = UInt8(truncatingIfNeeded: 128 + number)
        if write(Interruption.alarm.load(ordering: .relaxed), &code, 1) != 1 {
          _exit(Int32(code))
        }
      }
    }
  }

  /// Removing folders is more than a signal handler may do, so a thread waits for its word.
  private static func endAtAlarm() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let listening = ends[0]
    alarm.store(ends[1], ordering: .relaxed)
    Thread.detachNewThread {
      var code: UInt8 = 0
      while read(listening, &code, 1) != 1 {}
      UnfinishedPaths.abandonAll { _exit(Int32(code)) }
    }
  }

  /// A limit on the size of files (`ulimit -f`) is a full disk like any other, not a reason to die
  /// with half a file.
  static func outliveFullFiles() { respond(to: SIGXFSZ) { _ in } }

  /// A signal that the caller had ignored stays ignored: `nohup pyratok train …` lives on.
  private static func respond(
    to number: Int32, _ handler: @escaping @convention(c) (Int32) -> Void
  ) {
    var former = sigaction()
    sigaction(number, nil, &former)
    let ignored = 1  // SIG_IGN, a macro that Swift cannot see
    if unsafeBitCast(former.__sigaction_handler, to: Int.self) != ignored {
      _ = signal(number, handler)
    }
  }

  /// For work that has no steps and leaves nothing on disk: the first signal ends the program.
  static func endAtOnce() {
    for number in [SIGINT, SIGTERM, SIGHUP] { respond(to: number) { _exit(128 + $0) } }
  }

  static var isRequested: Bool { caught.load(ordering: .relaxed) != 0 }

  static func check() throws {
    let number = caught.load(ordering: .relaxed)
    if number != 0 { throw Interrupted(signal: number) }
  }
}
