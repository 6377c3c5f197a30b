import Foundation
import TestSupport
import Testing

/// The Train screen on a terminal of its own, with a trainer that is started, steered and left.
@Suite(.serialized)
struct TrainScreenTests {
  private static let environment = [
    "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "HOME": "/tmp", "PATH": "/usr/bin:/bin",
    "OMP_WAIT_POLICY": "passive",
  ]

  /// The tiny plan, and one with more steps than anybody waits for.
  private func plans(in folder: TemporaryFolder) throws -> (tiny: String, endless: String) {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let tiny = root.appendingPathComponent("samples/plans/tiny.json").path
    let endless = folder.file("endless.json")
    try String(contentsOfFile: tiny, encoding: .utf8)
      .replacingOccurrences(of: "\"steps\": 40", with: "\"steps\": 1000000")
      .write(toFile: endless, atomically: true, encoding: .utf8)
    return (tiny, endless)
  }

  private func watch(_ run: String) throws -> PseudoTerminal {
    let terminal = try PseudoTerminal(width: 100, height: 30)
    try terminal.start(Program.path, ["watch", run], environment: Self.environment)
    return terminal
  }

  private func processID(of run: String) throws -> pid_t {
    let data = try Data(contentsOf: URL(fileURLWithPath: run + "/run.json"))
    let fields = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    return pid_t(try #require(fields?["process_id"] as? Int))
  }

  @Test func aTrainerIsStartedSteeredAndOutlivesItsViewer() throws {
    let folder = try TemporaryFolder()
    let plans = try plans(in: folder)
    let short = folder.file("runs/short")
    let trained = try Program.run(
      "train", plans.tiny, "--run", short, "--quiet", environment: Self.environment)
    #expect(trained.code == 0, "\(trained.error)")
    let terminal = try watch(short)
    #expect(terminal.wait { $0.text.contains("finished") && $0.text.contains("step 40/40") })
    terminal.send(":start \(plans.endless)\r")
    #expect(terminal.wait { $0.text.contains("running  endless") })
    terminal.send("p")
    #expect(terminal.wait { $0.text.contains("paused  endless") })
    terminal.send(":lr 1e-4\r")
    #expect(terminal.wait { $0.text.contains("learning_rate 1e-4: done at step") })
    terminal.send(":weight nonsense 1\r")
    #expect(terminal.wait { $0.text.contains("refused") })
    terminal.send("X\r")
    #expect(terminal.wait { $0.text.contains("stopped  endless") })
    terminal.send("r")
    #expect(terminal.wait { $0.text.contains("running  endless") })
    terminal.send("q")
    terminal.waitForEnd()
    #expect(terminal.exitCode == 0)
    #expect(terminal.screen.isRestored)
    let trainer = try processID(of: folder.file("runs/endless"))
    #expect(kill(trainer, 0) == 0)
    kill(trainer, SIGTERM)
    // The folder goes only after the trainer has.
    for _ in 0..<200 where kill(trainer, 0) == 0 { usleep(50_000) }
  }

  @Test func aRunIsDrawnAsText() throws {
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    _ = try Program.run(
      "train", try plans(in: folder).tiny, "--run", run, "--quiet",
      environment: Self.environment)
    let shown = try Program.run("snapshot", "train", run, "--size", "200x60")
    #expect(shown.code == 0, "\(shown.error)")
    #expect(shown.output.contains("step 40/40"))
    #expect(shown.output.contains("loss anatomy"))
    let none = try Program.run("snapshot", "train", folder.path)
    #expect(none.code == 1)
    #expect(none.errorLines.count == 1)
    let watched = try Program.run("watch", folder.file("nowhere"))
    #expect(watched.code == 1)
    #expect(watched.errorLines.count == 1)
  }
}
