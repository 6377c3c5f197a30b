import Foundation
import TokenizerEngine

extension WorkbenchProbe {
  /// Keys on the Train screen while a trainer that it has started takes all processors: one with
  /// long steps, then one with many short ones, each of which is drawn.
  func whileTraining() throws -> [SpeedResult] {
    let folder = NSTemporaryDirectory() + "/pyratok-bench-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try Self.plans.flatMap { name, plan in
      try answers(on: "\(folder)/runs/\(name)", plan: plan, while: "training, \(name) steps")
    }
  }

  /// The bundled model's shape, and a very small one; both end by themselves before long.
  private static let plans = [
    (
      "long",
      """
      {"format": "pyratok.plan.1", "stages": [{"name": "long", "steps": 300,
       "batch": [{"clips": 6, "frames": 9, "size": 64}],
       "losses": {"l1": 1, "l2": 6, "ssim": 0.3, "commitment": 0.05, "entropy": 0.025},
       "optimizer": {"learning_rate": 0.001}}]}
      """
    ),
    (
      "short",
      """
      {"format": "pyratok.plan.1", "model": {"name": "short", "patch": 4,
        "widths": [16, 24, 24, 24, 24], "encoder_blocks": [1, 1, 0, 0, 0],
        "decoder_blocks": [1, 1, 0, 0, 0],
        "strides": [[2, 4, 4], [4, 4, 4], [4, 8, 8], [4, 16, 16]], "quantizer_width": 16,
        "heads": 2, "text_width": 16, "text_layers": 1, "vocabulary_size": 300},
       "stages": [{"name": "short", "steps": 4000,
        "batch": [{"clips": 3, "frames": 5, "size": 16}],
        "losses": {"l1": 1, "l2": 6, "ssim": 0.3, "commitment": 0.05, "entropy": 0.02},
        "optimizer": {"learning_rate": 0.005}}]}
      """
    ),
  ]

  private func answers(on run: String, plan: String, while work: String) throws -> [SpeedResult] {
    try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
    try plan.write(toFile: run + "/plan.json", atomically: true, encoding: .utf8)
    let terminal = try ProbedTerminal(["watch", run])
    guard terminal.timeToFirstFrame() != nil else { return [] }
    // The screen starts its trainer as for any run that has no process.
    terminal.press("", thenReadFor: 1)
    terminal.press("r", thenReadFor: 0)
    guard let trainer = ProbedTrainer(of: run, seenFrom: terminal) else {
      throw CommandError.noTrainer
    }
    defer { trainer.end() }
    let before = (trainer.seconds, ContinuousClock.now)
    let answers = answers(of: terminal, while: work, opening: ":")
    let spent = ContinuousClock.now - before.1
    let share = (trainer.seconds - before.0) / (spent / .seconds(1))
    trainer.end()
    terminal.end()
    return answers + [
      SpeedResult(name: "processors that the trainer had meanwhile", count: (share, ""))
    ]
  }

  /// A process that trains in a run folder.
  private struct ProbedTrainer {
    private let id: pid_t

    /// Waits till its first step is done, a minute at most.
    init?(of run: String, seenFrom terminal: ProbedTerminal) {
      let metrics = run + "/metrics.jsonl"
      for _ in 0..<600 {
        terminal.press("", thenReadFor: 0.1)
        guard let lines = FileManager.default.contents(atPath: metrics), !lines.isEmpty,
          let data = FileManager.default.contents(atPath: run + "/run.json"),
          let record = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
          let number = record["process_id"] as? Int
        else { continue }
        id = pid_t(number)
        return
      }
      return nil
    }

    /// On a processor so far, over all its threads.
    var seconds: Double {
      let text = (try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)) ?? ""
      let fields = (text.split(separator: ")").last ?? "").split(separator: " ")
      guard fields.count > 12, let own = Double(fields[11]), let system = Double(fields[12])
      else { return 0 }
      return (own + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// At once, and waits until it has gone: nothing of the run is kept.
    func end() {
      for _ in 0..<500 where kill(id, SIGKILL) == 0 { usleep(10_000) }
    }
  }
}
