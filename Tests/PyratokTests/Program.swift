import Foundation

/// The built `pyratok`, run as people run it.
enum Program {
  struct Result {
    let code: Int32
    let output: String
    let error: String
    /// The most memory that it held, in bytes.
    let peakMemory: Int

    /// The lines on stderr.
    var errorLines: [String] { error.split(separator: "\n").map(String.init) }

    func json() throws -> [String: Any] {
      let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
      return value as? [String: Any] ?? [:]
    }
  }

  /// Beside the test bundle, where the build puts both.
  static let path: String = {
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? "/proc/self/exe"
    let folder = URL(fileURLWithPath: bundle).resolvingSymlinksInPath().deletingLastPathComponent()
    return folder.appendingPathComponent("pyratok").path
  }()

  /// Runs to the end; the child's stdin is empty and neither stream is a terminal.
  static func run(
    _ arguments: String..., environment: [String: String] = [:], output: String? = nil
  ) throws -> Result {
    try start(arguments, environment: environment, output: output).wait()
  }

  /// - Parameter largestFile: in bytes, a multiple of 512; what it writes beyond fails like on a
  ///   full disk.
  static func start(
    _ arguments: [String], environment: [String: String] = [:], output: String? = nil,
    largestFile: Int? = nil
  ) throws -> RunningProgram {
    let name = NSTemporaryDirectory() + "/pyratok-run-" + UUID().uuidString
    let (out, err) = (output ?? name + ".out", name + ".err")
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, err, O_WRONLY | O_CREAT, 0o600)
    // Threads of the test runner block signals, which a child would inherit.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    var process: pid_t = 0
    let program = largestFile == nil ? path : "/bin/sh"
    let limiting = largestFile.map {
      ["-c", "ulimit -f \($0 / 512) && exec \"$0\" \"$@\"", path]
    }
    let words = ([program] + (limiting ?? []) + arguments).map { strdup($0) } + [nil]
    let settings = variables.map { strdup("\($0)=\($1)") } + [nil]
    defer { for pointer in words + settings { free(pointer) } }
    let failure = posix_spawn(&process, program, &actions, &attributes, words, settings)
    guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .ENOENT) }
    return RunningProgram(process: process, output: output == nil ? out : nil, error: err)
  }
}

/// A started program, to be waited for.
struct RunningProgram {
  let process: pid_t
  let output: String?
  let error: String

  func interrupt() { kill(process, SIGINT) }

  /// Until it has ended.
  func wait() throws -> Program.Result {
    var status: Int32 = 0
    var usage = rusage()
    while wait4(process, &status, 0, &usage) < 0 && errno == EINTR {}
    defer {
      if let output { unlink(output) }
      unlink(error)
    }
    // The low seven bits name a signal, the byte above is the exit code.
    let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
    return Program.Result(
      code: code, output: try output.map { try String(contentsOfFile: $0, encoding: .utf8) } ?? "",
      error: try String(contentsOfFile: error, encoding: .utf8),
      peakMemory: usage.ru_maxrss * 1024)
  }
}
