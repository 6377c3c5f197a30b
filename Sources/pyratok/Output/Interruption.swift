import Glibc
import Synchronization

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

  /// The second signal ends the program where it stands.
  static func watch() {
    // Touched once here, because a signal handler must not run an initializer.
    caught.store(0, ordering: .relaxed)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      respond(to: number) { number in
        if Interruption.caught.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
      }
    }
  }

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
