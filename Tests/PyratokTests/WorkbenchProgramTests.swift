import Foundation
import TestSupport
import Testing

/// The whole program on a terminal of its own.
@Suite(.serialized)
struct WorkbenchProgramTests {
  private func environment(term: String = "xterm-256color", locale: String = "C.UTF-8")
    -> [String: String]
  {
    ["TERM": term, "LC_ALL": locale, "HOME": "/tmp", "PATH": "/usr/bin:/bin"]
  }

  private func open(
    _ place: Workplace, width: Int = 80, height: Int = 24, term: String = "xterm-256color",
    locale: String = "C.UTF-8"
  ) throws -> PseudoTerminal {
    let terminal = try PseudoTerminal(width: width, height: height)
    try terminal.start(
      Program.path, ["open", place.clip, "--model", place.model.path],
      environment: environment(term: term, locale: locale))
    return terminal
  }

  @Test func keysChangeScreensAndLeavingRestoresTheTerminal() throws {
    let place = try Workplace()
    let terminal = try open(place)
    let before = terminal.settings
    #expect(terminal.wait { $0.text.contains("Clip") && $0.text.contains("Tokens") })
    terminal.send("2")
    #expect(terminal.wait { $0.text.contains("L4") && $0.text.contains("L1") })
    terminal.send("3")
    #expect(terminal.wait { $0.text.lowercased().contains("rank") })
    terminal.send("q")
    terminal.waitForEnd()
    #expect(terminal.exitCode == 0)
    #expect(terminal.settings == before)
    #expect(terminal.screen.isRestored)
  }

  @Test(arguments: [(40, 12), (80, 24), (200, 60)])
  func everySizeShowsAScreen(width: Int, height: Int) throws {
    let place = try Workplace()
    let terminal = try open(place, width: width, height: height)
    #expect(terminal.wait { $0.frameCount > 0 && $0.text.contains { !$0.isWhitespace } })
    terminal.send("q")
    terminal.waitForEnd()
    #expect(terminal.exitCode == 0)
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGINT])
  func aSignalRestoresTheTerminal(number: Int32) throws {
    let place = try Workplace()
    let terminal = try open(place)
    let before = terminal.settings
    #expect(terminal.wait { $0.frameCount > 0 })
    terminal.signal(number)
    terminal.waitForEnd()
    #expect(terminal.exitCode == 128 + number)
    #expect(terminal.settings == before)
    #expect(terminal.screen.isRestored)
  }

  @Test(arguments: ["no-such-terminal", "vt100"])
  func anUnknownTerminalStillShowsScreens(term: String) throws {
    let place = try Workplace()
    let terminal = try open(place, term: term)
    #expect(terminal.wait { $0.text.contains("Clip") })
    terminal.send("q")
    terminal.waitForEnd()
    #expect(terminal.exitCode == 0)
  }

  @Test func aTerminalThatCannotMoveTheCursorGetsPlainText() throws {
    let place = try Workplace()
    let terminal = try open(place, width: 120, height: 50, term: "dumb")
    terminal.waitForEnd()
    #expect(terminal.exitCode == 0)
    #expect(!terminal.bytes.contains(0x1B))
    #expect(terminal.screen.text.contains("L4"))
  }

  @Test func withoutATerminalTheTokensAreGivenAsText() throws {
    let place = try Workplace()
    let result = try Program.run(place.clip, "--model", place.model.path)
    #expect(result.code == 0, "\(result.error)")
    #expect(result.output.contains("L4") && result.output.contains("L1"))
    #expect(!result.output.contains("\u{1B}"))
    let snapshot = try Program.run("snapshot", "tokens", place.clip, "--model", place.model.path)
    #expect(snapshot.output == result.output)
  }

  @Test func snapshotsComeInTheSizeAndFormAskedFor() throws {
    let place = try Workplace()
    for view in ["clip", "tokens", "codebook"] {
      let result = try Program.run(
        "snapshot", view, place.clip, "--model", place.model.path, "--size", "90x26")
      #expect(result.code == 0, "\(result.error)")
      let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count == 27)
      #expect(lines.allSatisfy { $0.count <= 90 })
    }
    let picture = place.folder.file("screen.svg")
    let svg = try Program.run(
      "snapshot", "tokens", place.clip, "--model", place.model.path, "--svg", picture)
    #expect(svg.code == 0)
    #expect(try String(contentsOfFile: picture, encoding: .utf8).contains("<svg"))
    let colours = try Program.run(
      "snapshot", "tokens", place.clip, "--model", place.model.path, "--ansi")
    #expect(colours.output.contains("\u{1B}["))
  }

  @Test func aScriptPressesKeysFirst() throws {
    let place = try Workplace()
    let script = place.folder.file("keys.txt")
    try "3\n".write(toFile: script, atomically: true, encoding: .utf8)
    let pressed = try Program.run(
      "snapshot", "tokens", place.clip, "--model", place.model.path, "--script", script)
    let direct = try Program.run(
      "snapshot", "codebook", place.clip, "--model", place.model.path)
    #expect(pressed.code == 0, "\(pressed.error)")
    #expect(
      pressed.output.split(separator: "\n").first == direct.output.split(separator: "\n").first)
    try "frobnicate\n".write(toFile: script, atomically: true, encoding: .utf8)
    let wrong = try Program.run("snapshot", "tokens", place.clip, "--script", script)
    #expect(wrong.code == 1)
    #expect(wrong.errorLines.count == 1)
  }
}
