import Foundation
import Glibc

/// A `pyratok train` in a session of its own: it outlives the program that started it.
struct TrainingProcess {
  let run: String
  private let id: pid_t

  /// What it prints goes to `log.txt` in the run's folder.
  init(program: String, plan: String, run: String, resume: Bool) throws {
    do {
      try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
    } catch {
      throw RunFollowerError.cannotStart(run, reason: "the folder cannot be made")
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(
      &actions, 1, Self.log(of: run), O_WRONLY | O_CREAT | O_APPEND, 0o644)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | Self.ownSession)
    let words =
      [program, "train", plan, "--run", run, "--quiet"] + (resume ? ["--resume"] : [])
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var id: pid_t = 0
    let fault = posix_spawn(&id, program, &actions, &attributes, &arguments, environ)
    guard fault == 0 else {
      throw RunFollowerError.cannotStart(program, reason: String(cString: strerror(fault)))
    }
    self.id = id
    self.run = run
    Self.giveWay(id)
  }

  /// Whoever looks at the screen goes before the training: it takes every moment that is left over.
  private static func giveWay(_ process: pid_t) {
    let niceness: Int32 = 10
    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(process), niceness)
    // A session is a group of its own for the scheduler, which then looks at the group's niceness.
    guard let file = fopen("/proc/\(process)/autogroup", "w") else { return }
    fputs("\(niceness)", file)
    fclose(file)
  }

  /// POSIX_SPAWN_SETSID, which Swift's Glibc module does not show.
  private static let ownSession: Int16 = 0x80

  static func log(of run: String) -> String { run + "/log.txt" }

  enum Outcome {
    case running
    case ended
    /// With the last line that it printed.
    case failed(String)
  }

  /// How it stands; an ended process is asked once.
  func outcome() -> Outcome {
    var status: Int32 = 0
    let answer = waitpid(id, &status, WNOHANG)
    guard answer != 0 else { return .running }
    guard answer == id, status != 0 else { return .ended }
    let log = (try? String(contentsOfFile: Self.log(of: run), encoding: .utf8)) ?? ""
    let line = log.split(separator: "\n").last.map(String.init)
    return .failed(line ?? "\(run): the trainer ended without a word")
  }
}
