import Foundation
import TestSupport
import Testing

/// The workbench within a terminal that others wrote: tmux reads what we write and draws it anew.
@Suite(.serialized, .enabled(if: Tmux.isInstalled, "tmux is not installed"))
struct TmuxTests {
  @Test(arguments: [(80, 24), (40, 12)])
  func screensComeAndGo(width: Int, height: Int) throws {
    let place = try Workplace()
    let terminal = try PseudoTerminal(width: width, height: height)
    let command = [Program.path, "open", place.clip, "--model", place.model.path]
    try terminal.start(
      Tmux.path,
      ["-f", "/dev/null", "-u", "new-session", command.joined(separator: " ")]
        + [";", "set-option", "-g", "status", "off"]
        + [";", "set-option", "-g", "destroy-unattached", "on"],
      environment: [
        "HOME": "/tmp", "TMUX_TMPDIR": place.folder.path, "LC_ALL": "C.UTF-8",
        "PATH": "/usr/bin:/bin", "TERM": "xterm-256color", "SHELL": "/bin/sh",
      ])
    #expect(terminal.wait { $0.text.contains("PSNR") && $0.text.contains("100 %") })
    terminal.send("3")
    #expect(terminal.wait { $0.text.contains("used / ceiling") })
    terminal.send("2")
    #expect(terminal.wait { $0.text.contains("L1") && $0.text.contains("token") })
    terminal.send("q")
    terminal.waitForEnd()
    #expect(terminal.exitCode == 0)
    #expect(terminal.screen.isRestored)
  }
}

private enum Tmux {
  static let path = "/usr/bin/tmux"
  static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: path) }
}
