import ArgumentParser
import Foundation
import Training

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train weights by a plan; ctrl-C saves a checkpoint first.",
    discussion: "Example: pyratok train samples/plans/tiny.json --run runs/tiny")

  @Argument(help: "A plan (.json).")
  var plan: String

  @Option(
    name: .customLong("run"), help: "The run's folder: metrics, checkpoints, at the end the model.")
  var folder: String

  @Option(help: "A model's folder to start from, in place of the one that the plan names.")
  var initialWeights: String?

  @Flag(help: "Go on with the run in the folder.")
  var resume = false

  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  func run() throws {
    common.begin()
    var plan = try TrainingPlan(path: plan)
    if let initialWeights {
      plan.initialWeights = URL(fileURLWithPath: initialWeights).standardizedFileURL.path
    }
    let trainer = try Trainer(plan: plan, planPath: self.plan, run: folder, resume: resume)
    var progress = ProgressLine(quiet: common.quiet)
    let result = try trainer.run(
      shouldStop: { Interruption.isRequested },
      report: { event in
        if case .notice(let text) = event { StandardError.writeLine("pyratok: \(text)") }
        progress.show(text(event, steps: plan.steps))
      })
    progress.clear()
    for clip in result.skipped { StandardError.writeLine("pyratok: skipped: \(clip.reason)") }
    if !result.isFinished {
      StandardError.writeLine("pyratok: " + wayOn(result, steps: plan.steps))
      try Interruption.check()
    }
    guard json.isOn else {
      return try StandardOutput.writeLine(
        "\(result.steps) steps, loss \(fixed(result.finalLoss, 4)), "
          + "checkpoint \(result.checkpoint ?? "none")")
    }
    try StandardOutput.writeLine(
      JSONObject {
        $0.set("steps", result.steps)
        $0.set("final_loss", result.finalLoss)
        $0.set("checkpoint", result.checkpoint)
        $0.set("finished", result.isFinished)
        $0.set(
          "skipped", result.skipped.map { SkippedInput(path: $0.path, reason: $0.reason).json })
      })
  }

  /// Where a run that was stopped stands and how to go on with it.
  private func wayOn(_ result: TrainingResult, steps: Int) -> String {
    "stopped at step \(result.steps) of \(steps), "
      + (result.checkpoint.map { "checkpoint \($0)" } ?? "before its first checkpoint")
      + "; go on with: pyratok train \(plan.quotedForShell) --run \(folder.quotedForShell) --resume"
  }

  private func text(_ event: TrainingEvent, steps: Int) -> String {
    switch event {
    case .started(let step, let total): "step \(step) of \(total)"
    case .saved(let path): "saved \(path)"
    case .notice(let text): text
    case .paused(let step): "paused at step \(step) of \(steps)"
    case .step(let metrics):
      "step \(metrics.step) of \(steps)  loss \(fixed(metrics.loss, 4))  "
        + "\(fixed(metrics.framesPerSecond, 1)) frames a second"
    }
  }
}

extension String {
  /// As one word of a shell's command line.
  fileprivate var quotedForShell: String {
    let plain = "0123456789/._-+,:@%=".unicodeScalars
    let isPlain = unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || plain.contains($0))
    }
    if isPlain, !isEmpty { return self }
    let parts = split(separator: "'", omittingEmptySubsequences: false)
    return "'" + parts.joined(separator: "'\\''") + "'"
  }
}
