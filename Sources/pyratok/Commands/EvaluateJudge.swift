import ArgumentParser
import Evaluation
import Foundation
import TokenizerEngine

struct EvaluateJudge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "judge",
    abstract: "How often is the judge of prompts right about true clips? With --output, train it.",
    discussion: "Example: pyratok evaluate judge -o runs/judge --threads 1")

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Train a judge from random weights into this folder.", valueName: "folder"))
  var output: String?

  @Option(parsing: .unconditional, help: "Steps of training, each of 32 clips.")
  var steps = PromptJudgeTrainer.Settings().steps

  @Option(parsing: .unconditional, help: "Scenes that training draws, each of four clips.")
  var scenes = PromptJudgeTrainer.Settings().scenes

  @Option(help: ArgumentHelp("The folder of the judge (default: bundled).", valueName: "folder"))
  var judge: String?

  @Option(parsing: .unconditional, help: "Edits of each attribute to be judged, two clips each.")
  var count = 200

  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  func validate() throws {
    guard (1...10_000).contains(count) else { throw ValidationError("--count takes 1 to 10000.") }
    guard (1...100_000).contains(steps), (1...10_000).contains(scenes) else {
      throw ValidationError("--steps takes 1 to 100000, and --scenes 1 to 10000.")
    }
    guard output == nil || judge == nil else {
      throw ValidationError("--output trains a new judge, and --judge names one: give one of them.")
    }
  }

  func run() throws {
    common.begin()
    var progress = ProgressLine(quiet: common.quiet)
    if let output { try train(into: output, &progress) }
    let (judge, sha256) = try PromptJudge.find(output ?? judge)
    let test = try PromptJudgeTest.run(judge, count: count, seed: common.seed) { done, total in
      try Interruption.check()
      progress.show("scene \(done) of \(total)")
    }
    progress.clear()
    try json.isOn
      ? StandardOutput.writeLine(document(test, judge, sha256))
      : StandardOutput.writeLine(text(test, sha256))
  }

  private func train(into folder: String, _ progress: inout ProgressLine) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw CommandError.unwritableFolder(folder, reason: error.localizedDescription)
    }
    var settings = PromptJudgeTrainer.Settings()
    (settings.steps, settings.scenes, settings.seed) = (steps, scenes, common.seed)
    let trainer = PromptJudgeTrainer(settings)
    try trainer.train(
      draw: { done, total in
        try Interruption.check()
        progress.show("drawing scene \(done) of \(total)")
      },
      report: { step, losses in
        try Interruption.check()
        let parts = losses.sorted { $0.key.rawValue < $1.key.rawValue }
          .map { "\($0.key.rawValue) \(fixed($0.value, 2))" }
        progress.show("step \(step) of \(steps): \(parts.joined(separator: ", "))")
      })
    progress.clear()
    try trainer.judge.write(to: folder)
  }

  private static let convention =
    "boxes: the region of an edit of that attribute; whole: the frame of one object; tone: the mean "
    + "colour, no network"

  private func document(
    _ test: PromptJudgeTest, _ judge: PromptJudge, _ sha256: String
  ) -> JSONObject {
    func fields(_ matrices: [PromptAspect: ConfusionMatrix]) -> [JSONObject] {
      PromptAspect.allCases.compactMap { aspect in
        matrices[aspect].map { matrix in
          JSONObject {
            $0.set("name", aspect.rawValue)
            $0.set("accuracy", matrix.accuracy)
            $0.set("clips", matrix.total)
            $0.set("confusion", JSONObject(matrix))
          }
        }
      }
    }
    return JSONObject {
      $0.set("metric", "accuracy_on_true_clips")
      $0.set(
        "value", test.boxes.values.map(\.accuracy).min(), note: "the lowest of the aspects")
      $0.set("boxes", fields(test.boxes))
      $0.set("whole", fields(test.wholes))
      $0.set("parameters", judge.parameterCount)
      $0.set("judge_sha256", sha256)
      $0.set("convention", Self.convention)
    }
  }

  private func text(_ test: PromptJudgeTest, _ sha256: String) -> String {
    var table = TextTable(["true clips", "classes", "boxes", "of clips", "whole"])
    for aspect in PromptAspect.allCases {
      guard let matrix = test.boxes[aspect] else { continue }
      table.add([
        aspect.rawValue, "\(aspect.classes.count)", fixed(matrix.accuracy, 3), "\(matrix.total)",
        test.wholes[aspect].map { fixed($0.accuracy, 3) } ?? "-",
      ])
    }
    let matrices = PromptAspect.allCases.compactMap { aspect in
      test.boxes[aspect].map { "\(aspect.rawValue), boxes\n\(confusionTable($0))" }
    }
    return ([table.text] + matrices).joined(separator: "\n\n")
      + "\n\njudge \(sha256.prefix(8)), seed \(common.seed); \(Self.convention)"
  }
}
