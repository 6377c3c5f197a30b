import Foundation
import TestSupport
import Testing

@Suite(.serialized)
struct WatchForeignTests {
  private static let environment = [
    "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "HOME": "/tmp", "PATH": "/usr/bin:/bin",
  ]

  private func lines(_ steps: Range<Int>, usage: Double) -> String {
    steps.map { "{\"step\": \($0), \"loss\": 0.5, \"vq/usage\": \(usage)}\n" }.joined()
  }

  @Test func itIsJudged() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("metrics.jsonl")
    try lines(0..<20, usage: 0.9).write(toFile: path, atomically: true, encoding: .utf8)
    let healthy = try Program.run("watch", folder.path, "--once")
    #expect(healthy.code == 0 && healthy.output.contains("running, step 19, loss 0.5"))
    try (lines(0..<20, usage: 0.9) + lines(20..<30, usage: 0.1)).write(
      toFile: path, atomically: true, encoding: .utf8)
    let collapsed = try Program.run("watch", folder.path, "--once", "--json")
    #expect(collapsed.code == 2)
    let fields = try collapsed.json()
    let alerts = fields["alerts"] as? [[String: Any]] ?? []
    #expect(alerts.map { $0["id"] as? String } == ["COLLAPSE"])
    #expect((alerts.first?["text"] as? String)?.contains("since step 20") == true)
    #expect(fields["step"] as? Int == 29)
  }

  @Test func whatIsAppendedShowsWithinASecond() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("metrics.jsonl")
    try lines(0..<20, usage: 0.9).write(toFile: path, atomically: true, encoding: .utf8)
    let terminal = try PseudoTerminal(width: 120, height: 40)
    try terminal.start(Program.path, ["watch", folder.path], environment: Self.environment)
    #expect(terminal.wait { $0.text.contains("step 19") && $0.text.contains("vq/usage") })
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.seekToEnd()
    let start = ContinuousClock.now
    try file.write(contentsOf: Data(lines(20..<22, usage: 0.8).utf8))
    #expect(terminal.wait { $0.text.contains("step 21") })
    // The machine may be busy with other tests.
    #expect(ContinuousClock.now - start < .seconds(3))
    terminal.send("q")
    terminal.waitForEnd()
    #expect(terminal.exitCode == 0 && terminal.screen.isRestored)
  }
}
