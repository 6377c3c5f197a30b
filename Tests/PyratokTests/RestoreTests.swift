import Foundation
import Tensors
import TestSupport
import Testing

/// However the workbench ends, the terminal is as it was before; and it starts on any terminal.
@Suite(.serialized)
struct RestoreTests {
  private static let place = Result { try Workplace() }

  private func start(
    width: Int = 80, height: Int = 24, environment: [String: String] = [:]
  ) throws -> (terminal: PseudoTerminal, before: [UInt32]) {
    let place = try Self.place.get()
    let terminal = try PseudoTerminal(width: width, height: height)
    let before = terminal.settings
    var variables = [
      "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "HOME": place.folder.path,
      "PATH": "/usr/bin:/bin",
    ]
    variables.merge(environment) { $1 }
    try terminal.start(
      Program.path, ["open", place.clip, "--model", place.model.path], environment: variables)
    return (terminal, before)
  }

  @Test(arguments: [
    SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE,
    SIGUSR1, SIGUSR2, SIGPIPE, SIGXCPU, SIGSYS, SIGPROF, SIGVTALRM,
  ])
  func everySignalLeavesTheTerminalAsItWas(signal: Int32) throws {
    let (terminal, before) = try start()
    #expect(terminal.wait { $0.frameCount > 0 })
    #expect(terminal.settings != before)
    terminal.signal(signal)
    terminal.waitForEnd()
    let isRestored = terminal.screen.isRestored
    #expect(isRestored, "modes \(terminal.screen.modes.sorted())")
    #expect(terminal.settings == before)
    switch signal {
    case SIGINT, SIGTERM, SIGHUP: #expect(terminal.exitCode == 128 + signal)
    default: #expect(terminal.endingSignal == signal)
    }
  }

  @Test func quittingLeavesTheTerminalAsItWas() throws {
    let (terminal, before) = try start()
    #expect(terminal.wait { $0.frameCount > 0 })
    terminal.send("q")
    terminal.waitForEnd()
    #expect(terminal.exitCode == 0)
    #expect(terminal.screen.isRestored)
    #expect(terminal.settings == before)
    #expect(terminal.screen.unknown.isEmpty)
  }

  @Test func theJobStopsAndGoesOn() throws {
    let place = try Self.place.get()
    let terminal = try PseudoTerminal()
    try terminal.start(
      "/bin/sh", ["-i"],
      environment: [
        "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PS1": "ready> ", "PATH": "/usr/bin:/bin",
        "HOME": place.folder.path,
      ])
    #expect(terminal.wait { $0.text.contains("ready>") })
    terminal.send("'\(Program.path)' open '\(place.clip)' --model '\(place.model.path)'\n")
    #expect(terminal.wait { $0.modes.contains(1_049) && $0.frameCount > 0 })
    terminal.send("\u{1a}")
    #expect(terminal.wait { $0.isRestored && $0.text.contains("topped") })
    terminal.send("fg\n")
    #expect(terminal.wait { $0.modes.isSuperset(of: [1_049, 1_002, 1_006, 2_004]) })
    #expect(terminal.wait { $0.text.contains("Clip") })
    terminal.send("q")
    #expect(terminal.wait { $0.isRestored })
    terminal.send("exit\n")
    terminal.waitForEnd()
    #expect(terminal.exitCode == 0)
  }

  @Test(arguments: ["no-such-terminal", "linux", "vt100", "screen", "xterm-kitty", ""])
  func everyTerminalTypeGetsAScreen(type: String) throws {
    let (terminal, before) = try start(environment: ["TERM": type])
    #expect(terminal.wait { $0.text.contains("Clip") })
    terminal.send("q")
    terminal.waitForEnd()
    #expect(terminal.exitCode == 0)
    #expect(terminal.settings == before)
    #expect(terminal.screen.modes == [7, 25])
  }

  @Test func withoutCursorMovementTheTokensArePrinted() throws {
    let (terminal, before) = try start(environment: ["TERM": "dumb"])
    terminal.waitForEnd()
    #expect(terminal.exitCode == 0)
    #expect(terminal.settings == before)
    #expect(!terminal.bytes.contains(0x1b))
    #expect(terminal.bytes.count > 500)
  }

  @Test func aLocaleWithoutUTF8IsNoObstacle() throws {
    let (terminal, _) = try start(environment: ["LC_ALL": "C"])
    #expect(terminal.wait { $0.text.contains("Clip") })
    #expect(terminal.wait { $0.text.contains("UTF-8") })
    terminal.send("q")
    terminal.waitForEnd()
    #expect(terminal.exitCode == 0)
  }

  @Test func withNoColorThereIsNoColour() throws {
    let (terminal, _) = try start(environment: ["NO_COLOR": "1"])
    #expect(terminal.wait { $0.frameCount > 2 || $0.text.contains("frame") })
    let isPlain = terminal.screen.spots.allSatisfy {
      $0.pencil.foreground == .standard && $0.pencil.background == .standard
    }
    #expect(isPlain)
    terminal.send("q")
    terminal.waitForEnd()
    #expect(terminal.exitCode == 0)
  }

  @Test func anythingMayBeStruckAtAnySize() throws {
    let (terminal, before) = try start()
    #expect(terminal.wait { $0.frameCount > 0 })
    var random = RandomSource(seed: 1)
    let pieces = [
      "1", "2", "3", "?", "\u{1b}", " ", "\u{1b}[A", "\u{1b}[B", "\u{1b}[C", "\u{1b}[D", "\t", "{",
      "}", "[", "]", "a", "b", "c", "m", "/", "\r", "\u{c}", "\u{1b}[<0;9;9M", "\u{1b}[<32;30;4M",
      "\u{1b}[<0;30;4m", "\u{1b}[<64;5;5M", "\u{1b}[200~zeile\n\u{1b}[201~", "\u{1b}[5~", "0", "$",
    ]
    let sizes = [(1, 1), (40, 12), (3, 50), (200, 2), (133, 41), (80, 24)]
    for step in 0..<400 {
      terminal.send(pieces.randomElement(using: &random) ?? " ")
      if step % 40 == 39, let size = sizes.randomElement(using: &random) {
        terminal.resize(width: size.0, height: size.1)
      }
      terminal.read(milliseconds: 2)
    }
    terminal.signal(SIGTERM)
    terminal.waitForEnd()
    #expect(terminal.exitCode == 128 + SIGTERM)
    #expect(terminal.settings == before)
    #expect(terminal.screen.isRestored)
  }
}
