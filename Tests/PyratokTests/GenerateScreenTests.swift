import Foundation
import TestSupport
import Testing
import Tokenization

/// The Generate screen on a terminal of its own, and as text.
@Suite(.serialized)
struct GenerateScreenTests {
  private static let environment = [
    "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "HOME": "/tmp", "PATH": "/usr/bin:/bin",
    "OMP_WAIT_POLICY": "passive",
  ]

  private func open(_ studio: Studio, prior: String) throws -> PseudoTerminal {
    let terminal = try PseudoTerminal(width: 100, height: 30)
    try terminal.start(
      Program.path,
      ["open", studio.clip, "--model", studio.model.path, "--prior", prior, "--threads", "1"],
      environment: Self.environment)
    #expect(terminal.wait { $0.text.contains("100 %") })
    terminal.send("5")
    #expect(terminal.wait { $0.text.contains("box 48x32 at 24,16") })
    return terminal
  }

  /// The screen and the command make the same tokens.
  @Test func aSentenceMakesARegionAnewAndCanBeAcceptedAndTakenBack() throws {
    let studio = try Studio()
    let terminal = try open(studio, prior: studio.prior.path)
    terminal.send(":steps 2\r")
    terminal.send("ra blue square\r")
    #expect(terminal.wait { $0.text.contains("✓ 1") && $0.text.contains("tokens changed in") })
    terminal.send("a")
    #expect(terminal.wait { $0.text.contains("● 1") && $0.text.contains("clip, as accepted") })
    terminal.send("u")
    #expect(terminal.wait { $0.text.contains("✓ 1") && !$0.text.contains("as accepted") })
    terminal.send(":export \(studio.file("screen.safetensors"))\r")
    #expect(terminal.wait { $0.text.contains("Written:") })
    terminal.send("q")
    terminal.waitForEnd()
    #expect(terminal.exitCode == 0)
    #expect(terminal.screen.isRestored)
    let command = try studio.run(
      studio.clip, "--box", "24,16,48,32", "--prompt", "a blue square", "-o",
      studio.file("command.safetensors"))
    #expect(command.code == 0, "\(command.error)")
    #expect(
      try studio.tokens("screen.safetensors").grids == studio.tokens("command.safetensors").grids)
  }

  @Test func whatIsCancelledLeavesNothing() throws {
    let studio = try Studio()
    let terminal = try open(studio, prior: studio.prior.path)
    // Long enough to be caught at it.
    terminal.send(":steps 256\r")
    terminal.send("ra red circle\r")
    #expect(terminal.wait { $0.text.contains("making it anew") })
    terminal.send("x")
    #expect(terminal.wait { $0.text.contains("Result 1 is cancelled.") })
    terminal.send(":steps 2\r")
    terminal.send("g")
    #expect(terminal.wait { $0.text.contains("✓ 2") && !$0.text.contains("✓ 1") })
    terminal.send("q")
    terminal.waitForEnd()
    #expect(terminal.exitCode == 0)
  }

  @Test func withoutAPriorOneLineSaysWhatToDo() throws {
    let studio = try Studio()
    let terminal = try open(studio, prior: studio.file("nowhere/prior"))
    terminal.send("ra red circle\r")
    #expect(terminal.wait { $0.text.contains("No prior found; give its folder with --prior") })
    terminal.send(":prior \(studio.prior.path)\r")
    terminal.send(":steps 2\r")
    terminal.send("g")
    #expect(terminal.wait { $0.text.contains("done") && $0.text.contains("tokens changed in") })
    terminal.send("q")
    terminal.waitForEnd()
    #expect(terminal.exitCode == 0)
  }

  @Test func aResultIsDrawnAsText() throws {
    let studio = try Studio()
    try studio.write("v a u n ctrl-r", to: "keys.txt")
    let shown = try Program.run(
      "snapshot", "generate", studio.clip, "--model", studio.model.path, "--prior",
      studio.prior.path, "--prompt", "a blue square", "--box", "8,8,24,24", "--steps", "2",
      "--levels", "1,2", "--threads", "1", "--script", studio.file("keys.txt"))
    #expect(shown.code == 0, "\(shown.error)")
    for text in ["a blue square", "box 24x24 at 8,8", "– – 2 1", "difference x4", "accepted"] {
      #expect(shown.output.contains(text), "\(text)")
    }
    let other = try Program.run("snapshot", "tokens", studio.clip, "--prompt", "a blue square")
    #expect(other.code == 64)
  }
}
