import Foundation
import TestSupport
import Testing
import Tokenization

/// Tokens changed by hand on a terminal of its own, and as text.
@Suite(.serialized)
struct EditScreenTests {
  private static let environment = [
    "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "HOME": "/tmp", "PATH": "/usr/bin:/bin",
    "OMP_WAIT_POLICY": "passive",
  ]

  @Test func tokensAreChangedTakenBackAndWritten() throws {
    let place = try Workplace()
    let terminal = try PseudoTerminal(width: 100, height: 30)
    try terminal.start(
      Program.path, ["open", place.clip, "--model", place.model.path, "--threads", "1"],
      environment: Self.environment)
    #expect(terminal.wait { $0.text.contains("100 %") })
    terminal.send("2")
    func write(_ name: String) throws -> ClipTokens {
      terminal.send(":write \(place.folder.file(name))\r")
      #expect(terminal.wait { $0.text.contains("Written:") && $0.text.contains(name) })
      return try ClipTokens.read(place.folder.file(name))
    }
    let before = try write("before.safetensors")
    terminal.send("\t\u{1B}[Cf")
    #expect(terminal.wait { $0.text.contains("bit 1 of level 1 (t 0, y 4, x 4):") })
    terminal.send("\u{1B}")
    #expect(terminal.wait { $0.text.contains("{ }") })
    terminal.send("y\u{1B}[A")
    terminal.send("p")
    #expect(terminal.wait { $0.text.contains("level 1 (t 0, y 3, x 4):") })
    terminal.send("s0x00ff\r")
    #expect(terminal.wait { $0.text.contains("→ 0x00ff · u takes it back") })
    let after = try write("after.safetensors")
    var expected = before.grids[0]
    expected[0, 4, 4] ^= 0x4000
    expected[0, 3, 4] = 0xff
    #expect(after.grids[0] == expected)
    #expect(after.grids.dropFirst() == before.grids.dropFirst())
    for what in ["level 1 (t 0, y 3, x 4)", "level 1 (t 0, y 3, x 4)", "bit 1 of level 1"] {
      terminal.send("u")
      #expect(terminal.wait { $0.text.contains("Taken back: \(what)") })
    }
    terminal.send("u")
    #expect(terminal.wait { $0.text.contains("Nothing was changed that could be taken back.") })
    #expect(try write("undone.safetensors") == before)
    terminal.send("d")
    #expect(terminal.wait { $0.text.contains("changes, ") && $0.text.contains("mean |Δ|") })
    terminal.send("q")
    terminal.waitForEnd()
    #expect(terminal.exitCode == 0)
    #expect(terminal.screen.isRestored)
  }

  @Test func anEditIsDrawnAsText() throws {
    let place = try Workplace()
    let keys = place.folder.file("keys.txt")
    try ":set 0x00ff\nd\n".write(toFile: keys, atomically: true, encoding: .utf8)
    let shown = try Program.run(
      "snapshot", "tokens", place.clip, "--model", place.model.path, "--threads", "1", "--script",
      keys)
    #expect(shown.code == 0, "\(shown.error)")
    for text in ["00ff", "1 change; u takes one back", "mean |Δ|"] {
      #expect(shown.output.contains(text), "\(text)")
    }
  }
}
