import ArgumentParser
import Glibc

/// The program: `pyratok CLIP` opens the workbench, everything else is a command for scripts.
struct Pyratok: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pyratok",
    abstract: "See the tokens of a video, level by level.",
    discussion: """
      pyratok CLIP opens the workbench. The commands below are for scripts: text on stdout, \
      progress on stderr, --json for one JSON document.
      Exit codes: 0 done, 1 failed (one line on stderr), 2 an alert that --fail-on asked for, \
      64 wrong usage, 130 interrupted.
      """,
    version: Version.program,
    subcommands: [
      Open.self, Tokenize.self, Detokenize.self, Regenerate.self, Codebook.self, Index.self,
      Search.self, Evaluate.self, Inspect.self, Train.self, Watch.self, Ablate.self, Samples.self,
      SnapshotCommand.self,
      Bench.self,
      Doctor.self,
    ],
    defaultSubcommand: Open.self)
}

@main
enum Program {
  static func main() {
    openClosedDescriptors()
    // What starting costs before our first line, for `bench`.
    if CommandLine.arguments.dropFirst().elementsEqual([WorkbenchProbe.doNothing]) { leave(0) }
    // Answered here because it looks at the machine, which no other start should pay for.
    if CommandLine.arguments.dropFirst().first == "--version" {
      finish { try VersionCommand.parse(Array(CommandLine.arguments.dropFirst(2))).run() }
    }
    Interruption.outliveFullFiles()
    finish {
      var command = try Pyratok.parseAsRoot()
      try command.run()
    }
  }

  /// A file of ours must not become stdout or stderr because nobody gave us any.
  private static func openClosedDescriptors() {
    for descriptor in 0...2 where fcntl(Int32(descriptor), F_GETFD) == -1 {
      _ = open("/dev/null", O_RDWR)
    }
  }

  private static func finish(_ body: () throws -> Void) -> Never {
    do {
      try body()
      leave(0)
    } catch let interrupted as Interrupted {
      leave(interrupted.exitCode)
    } catch let code as ExitCode {
      leave(code.rawValue)
    } catch {
      let code = Pyratok.exitCode(for: error)
      if code == .validationFailure,
        let advice = CommandNames.advice(for: Array(CommandLine.arguments.dropFirst()))
      {
        StandardError.writeLine("pyratok: \(advice)")
        leave(code.rawValue)
      }
      guard code == .failure else { Pyratok.exit(withError: error) }
      StandardError.writeLine("pyratok: \(error)")
      leave(1)
    }
  }

  /// Without destructors: those of the arithmetic libraries must not run under their own threads.
  private static func leave(_ code: Int32) -> Never {
    fflush(nil)
    _exit(code)
  }
}
