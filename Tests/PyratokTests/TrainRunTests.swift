import Foundation
import Glibc
import Tensors
import TestSupport
import Testing

private let plans = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("samples/plans").path

/// The tiny plan with a checkpoint every few steps.
private func makePlan(in folder: TemporaryFolder, steps: Int = 24) throws -> String {
  let text = try String(contentsOfFile: plans + "/tiny.json", encoding: .utf8)
    .replacingOccurrences(of: "\"steps\": 40", with: "\"steps\": \(steps)")
    .replacingOccurrences(of: "\"decay_start\": 25", with: "\"decay_start\": \(steps / 2)")
    .replacingOccurrences(
      of: "\"checkpoint\": { \"every\": 20 }", with: "\"checkpoint\": { \"every\": 3 }"
    )
    .replacingOccurrences(of: "{ \"every\": 20, \"clips\": 4", with: "{ \"every\": 5, \"clips\": 1")
  let path = folder.file("plan.json")
  try text.write(toFile: path, atomically: true, encoding: .utf8)
  return path
}

/// What a run computed: its weights and numbers without those that tell the time.
private struct Computed: Equatable {
  let tensors: [String: StoredTensor]
  let lines: [String]

  init(run: String, steps: Int) throws {
    tensors =
      try SafetensorsFile.read("\(run)/checkpoints/step-\(steps)/training.safetensors").tensors
    let timely = [
      "time", "data_wait_seconds", "frames_per_second", "step_seconds", "memory_bytes",
    ]
    lines = try String(contentsOfFile: run + "/metrics.jsonl", encoding: .utf8)
      .split(separator: "\n").map { line in
        var fields =
          try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
        for name in timely { fields[name] = nil }
        return String(
          decoding: try JSONSerialization.data(withJSONObject: fields, options: .sortedKeys),
          as: UTF8.self)
      }
  }
}

/// Polls until it is so, without sleeping through a change; false after a minute and a half.
private func eventually(_ condition: () -> Bool) -> Bool {
  let start = ContinuousClock.now
  while ContinuousClock.now - start < .seconds(90) {
    if condition() { return true }
    usleep(500)
  }
  return false
}

private func size(_ path: String) -> Int {
  let attributes = try? FileManager.default.attributesOfItem(atPath: path)
  return (attributes?[.size] as? Int) ?? 0
}

private func files(_ folder: String) -> [String] {
  (try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()) ?? []
}

@Suite(.serialized)
struct TrainRunTests {
  private static let runsSlowTests =
    ProcessInfo.processInfo.environment["PYRATOK_ALL_TESTS"] != nil

  /// Killed so often at random places, in the middle of a checkpoint every third time.
  private func kill(times: Int) throws {
    let folder = try TemporaryFolder()
    // Long enough that the run is not over before its last kill.
    let steps = max(24, 6 * times)
    let plan = try makePlan(in: folder, steps: steps)
    let whole = try Program.run("train", plan, "--run", folder.file("whole"), "--threads", "1")
    #expect(whole.code == 0, "\(whole.error)")
    let run = folder.file("run")
    var random = RandomSource(seed: 5)
    var arguments = ["train", plan, "--run", run, "--threads", "1"]
    var killed = 0
    for time in 0..<times {
      let program = try Program.start(arguments)
      let checkpoints = run + "/checkpoints"
      let lines = size(run + "/metrics.jsonl") + random.integer(below: 12_000)
      let isThere =
        time % 3 == 1
        ? eventually { files(checkpoints).contains { $0.hasPrefix(".step-") } || ended(run) }
        : eventually { size(run + "/metrics.jsonl") > lines || ended(run) }
      #expect(isThere)
      Glibc.kill(program.process, SIGKILL)
      let result = try program.wait()
      if result.code == -SIGKILL { killed += 1 }
      if !arguments.contains("--resume"), size(run + "/plan.json") > 0 {
        arguments.append("--resume")
      }
    }
    #expect(killed * 4 >= times * 3, "\(killed)")
    let last = try Program.start(arguments).wait()
    #expect(last.code == 0, "\(last.error)")
    #expect(
      try Computed(run: run, steps: steps) == Computed(run: folder.file("whole"), steps: steps))
    #expect(files(run + "/checkpoints").allSatisfy { $0.hasPrefix("step-") })
    let watched = try Program.run("watch", run, "--once", "--json")
    #expect(try watched.json()["state"] as? String == "finished")
  }

  private func ended(_ run: String) -> Bool { size(run + "/model/CARD.md") > 0 }

  @Test func aRunThatIsKilledThreeTimesEqualsOneThatIsNot() throws { try kill(times: 3) }

  @Test(.enabled(if: runsSlowTests, "set PYRATOK_ALL_TESTS for slow tests"))
  func aRunThatIsKilledTwentyTimesEqualsOneThatIsNot() throws { try kill(times: 20) }

  @Test func aKilledRunIsCalledCrashedAndAFullDiskKeepsTheLastGoodCheckpoint() throws {
    let folder = try TemporaryFolder()
    let plan = try makePlan(in: folder)
    let run = folder.file("run")
    let program = try Program.start(["train", plan, "--run", run])
    #expect(eventually { files(run + "/checkpoints").contains("step-3") })
    Glibc.kill(program.process, SIGKILL)
    _ = try program.wait()
    let watched = try Program.run("watch", run, "--once", "--json")
    #expect(watched.code == 2)
    let fields = try watched.json()
    #expect(fields["state"] as? String == "crashed")
    let alerts = fields["alerts"] as? [[String: Any]] ?? []
    #expect(alerts.first?["id"] as? String == "CRASHED")
    #expect(try Program.run("watch", run, "--once", "--fail-on", "error").code == 2)
    // The metrics fit, a checkpoint does not.
    let before = files(run + "/checkpoints").filter { $0.hasPrefix("step-") }
    let full = try Program.start(
      ["train", plan, "--run", run, "--resume"], largestFile: 300 * 512
    ).wait()
    #expect(full.code == 1)
    #expect(full.errorLines.count == 1, "\(full.error)")
    #expect(full.error.contains("Cannot write"))
    #expect(files(run + "/checkpoints") == before)
    let failed = try Program.run("watch", run, "--once", "--json")
    #expect(try failed.json()["state"] as? String == "failed")
    let last = try Program.run("train", plan, "--run", run, "--resume")
    #expect(last.code == 0, "\(last.error)")
    #expect(try Program.run("watch", run, "--once").code == 0)
  }

  @Test func watchRefusesWhatIsNoRun() throws {
    let folder = try TemporaryFolder()
    let result = try Program.run("watch", folder.path, "--once")
    #expect(result.code == 1 && result.errorLines.count == 1)
    #expect(result.error.contains("holds no run"))
  }

  @Test(
    .enabled(if: runsSlowTests, "set PYRATOK_ALL_TESTS for slow tests"),
    arguments: [
      ("healthy", []), ("collapse-entropy-off", [["COLLAPSE", "DEAD_BIT"]]),
      ("collapse-slope-100", [["SATURATED"], ["INERT"]]),
      ("collapse-learning-rate", [["NONFINITE", "COLLAPSE"]]),
      ("collapse-no-straight-through", [["NO_STE"]]),
    ] as [(String, [[String]])], [11, 12, 13])
  func plansThatFailOnPurposeRaiseTheirAlerts(plan: (String, [[String]]), seed: Int) throws {
    let (name, wanted) = plan
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    let text = try String(contentsOfFile: "\(plans)/\(name).json", encoding: .utf8)
    let path = folder.file("plan.json")
    try text.replacingOccurrences(of: "\"seed\": 11", with: "\"seed\": \(seed)")
      .write(toFile: path, atomically: true, encoding: .utf8)
    _ = try Program.run("train", path, "--run", run)
    let result = try Program.run("watch", run, "--once", "--json")
    let alerts = try result.json()["alerts"] as? [[String: Any]] ?? []
    let grave = Set(
      alerts.filter { $0["severity"] as? String != "info" }.compactMap { $0["id"] as? String })
    #expect(grave.isEmpty == wanted.isEmpty, "\(grave)")
    for choice in wanted { #expect(!grave.isDisjoint(with: choice), "\(grave)") }
    #expect(result.code == (wanted.isEmpty ? 0 : 2))
    // The screen names them all, however small it is.
    let screen = try Program.run("snapshot", "train", run, "--size", "80x24").output
    for id in grave { #expect(screen.contains(id), "\(screen)") }
  }

  @Test func ctrlCSaysWhereTheRunStandsAndHowToGoOn() throws {
    let folder = try TemporaryFolder()
    let plan = try makePlan(in: folder, steps: 4000)
    let run = folder.file("a run")
    let program = try Program.start(["train", plan, "--run", run, "--threads", "1"])
    #expect(eventually { size(run + "/metrics.jsonl") > 0 })
    program.interrupt()
    let result = try program.wait()
    #expect(result.code == 130)
    #expect(result.errorLines.count == 1, "\(result.error)")
    let saved = files(run + "/checkpoints").compactMap { Int($0.dropFirst("step-".count)) }.max()
    let step = try #require(saved)
    #expect(
      result.error == "pyratok: stopped at step \(step) of 4000, checkpoint "
        + "\(run)/checkpoints/step-\(step); go on with: pyratok train \(plan) --run '\(run)' "
        + "--resume\n")
    #expect(try Program.run("watch", run, "--once").output.hasPrefix("stopped, step \(step) of"))
  }

  /// `PYRATOK_TENSORBOARD` names a Python that has TensorBoard.
  private static let python = ProcessInfo.processInfo.environment["PYRATOK_TENSORBOARD"]

  @Test(.enabled(if: python != nil, "set PYRATOK_TENSORBOARD to a Python with tensorboard"))
  func tensorBoardReadsTheNumbersOfTheMetrics() throws {
    let folder = try TemporaryFolder()
    let plan = try makePlan(in: folder, steps: 10)
    let run = folder.file("run")
    #expect(try Program.run("train", plan, "--run", run).code == 0)
    let check = Process()
    check.executableURL = URL(fileURLWithPath: Self.python ?? "")
    check.arguments = [
      URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("check_events.py").path, run,
    ]
    try check.run()
    check.waitUntilExit()
    #expect(check.terminationStatus == 0)
  }
}
