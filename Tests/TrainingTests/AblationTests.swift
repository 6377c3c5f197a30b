import Foundation
import TestSupport
import Testing

@testable import Training

private func study(_ text: String, in folder: TemporaryFolder) throws -> AblationStudy {
  let path = folder.file("study.json")
  try text.write(toFile: path, atomically: true, encoding: .utf8)
  return try AblationStudy(path: path)
}

/// A study of the tiny plan.
private func text(_ variants: String, frames: Int = 5, size: Int = 32) -> String {
  """
  {"format": "pyratok.ablation.1", "plan": "\(plansFolder)/tiny.json", "seeds": [1, 2],
   "judgement": {"clips": 4, "sets": 1, "frames": \(frames), "size": \(size), "seed": 9},
   "variants": [\(variants)]}
  """
}

private let score = AblationScore(
  psnr: 20, ssim: 0.5, bitsPerPixel: 0.2, usage: [0.5], recallAt1: 0.1)

@Suite(.serialized)
struct AblationTests {
  @Test func theBundledStudyTakesEveryPartAway() throws {
    let study = try AblationStudy(path: plansFolder + "/../studies/ablation.json")
    let whole = study.runs.filter { $0.name == AblationStudy.whole }
    #expect(whole.map(\.seed) == [1, 2, 3])
    #expect(Set(study.runs.map(\.folder)).count == study.runs.count)
    for run in study.runs {
      #expect(run.plan.steps >= 1000)
      for stage in run.plan.stages {
        #expect(stage.batch.allSatisfy { $0.clips * $0.frames * $0.size * $0.size >= 68 * 4096 })
      }
    }
    let plans = Dictionary(study.runs.map { ($0.name, $0.plan) }) { first, _ in first }
    #expect(plans["pyramid off"]?.model.levelCount == 1)
    #expect(plans["2 levels"]?.model.levelCount == 2)
    #expect(plans["3 levels"]?.model.levelCount == 3)
    let full = try #require(plans["full"])
    #expect(full.model.levelCount == 4)
    let terms: [(variant: String, term: LossTerm)] = [
      ("autoregressive off", .autoregressive), ("drift off", .drift),
      ("commitment off", .commitment), ("entropy off", .entropy), ("hierarchy off", .hierarchy),
      ("text token off", .textToken), ("text code off", .textCode), ("alignment off", .alignment),
    ]
    for (variant, term) in terms {
      let plan = try #require(plans[variant])
      var changed = full
      for index in changed.stages.indices where changed.stages[index].losses[term.rawValue] != nil {
        changed.stages[index].losses[term.rawValue] = 0
      }
      #expect(plan == changed && plan != full)
    }
    let deaf = try #require(plans["text off"])
    #expect(deaf.stages.allSatisfy { $0.captionDropout == 1 })
  }

  @Test func changesReachListsAndNothingElse() throws {
    let document = JSONValue.object([
      "a": .list([.object(["b": .whole(1), "c": .whole(2)]), .object(["c": .whole(3)])])
    ])
    let all = FieldChange(path: "a.*.c", value: .whole(7)).applied(to: document)
    #expect(
      all
        == .object([
          "a": .list([.object(["b": .whole(1), "c": .whole(7)]), .object(["c": .whole(7)])])
        ]))
    let removed = FieldChange(path: "a.0.b", value: .null).applied(to: document)
    #expect(
      removed == .object(["a": .list([.object(["c": .whole(2)]), .object(["c": .whole(3)])])]))
    #expect(FieldChange(path: "a.2.c", value: .null).applied(to: document) == nil)
    #expect(FieldChange(path: "x", value: .null).applied(to: document) == nil)
  }

  @Test(arguments: [
    (#"{"name": "x", "set": {"stages.*.losses.speed": 0}}"#, "stages.*.losses.speed"),
    (#"{"name": "full", "set": {}}"#, "names of variants"),
    (#"{"name": "../x", "set": {}}"#, "names of variants"),
    (#"{"name": "x", "set": {"stages.0.steps": 0}}"#, "steps must be at least 1"),
    (#"{"name": "x"}"#, "set"),
  ])
  func aStudyThatCannotWorkIsRefusedAtOnce(variant: String, reason: String) throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: TrainingError.self) { try study(text(variant), in: folder) }
    #expect(error?.description.contains(reason) == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test(arguments: [(6, 32, "6 frames are not"), (5, 40, "the size 40"), (5, 8, "16…512")])
  func whatNoModelCouldBeJudgedOnIsRefusedBeforeTraining(
    frames: Int, size: Int, reason: String
  ) throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: TrainingError.self) {
      try study(text("", frames: frames, size: size), in: folder)
    }
    #expect(error?.description.contains(reason) == true)
  }

  @Test func aStoppedStudyGoesOnAndRepeatsNothing() throws {
    let folder = try TemporaryFolder()
    let study = try study(
      text(#"{"name": "entropy off", "set": {"stages.*.losses.entropy": 0}}"#), in: folder)
    let runner = AblationRunner(study: study, folder: folder.file("runs"))
    var steps = 0
    var judged: [String] = []
    func go(until limit: Int) throws -> [AblationResult] {
      try runner.run(
        shouldStop: { steps >= limit },
        report: { if case .training(.step) = $0 { steps += 1 } },
        judge: { model in
          judged.append(model)
          return score
        })
    }
    let total = study.runs.reduce(0) { $0 + $1.plan.steps }
    let first = try go(until: study.runs[0].plan.steps + 3)
    #expect(first.map(\.seed) == [1])
    // A line that was not finished counts for nothing.
    let results = folder.file("runs") + "/results.jsonl"
    let written = try String(contentsOfFile: results, encoding: .utf8)
    try (written + "{\"name\": \"fu").write(toFile: results, atomically: true, encoding: .utf8)
    let rest = try go(until: .max)
    #expect(rest.map(\.name) == ["full", "full", "entropy off"])
    #expect(steps == total)
    #expect(judged.count == 3 && Set(judged).count == 3)
    #expect(try go(until: .max) == rest)
    #expect(steps == total && judged.count == 3)
  }

  @Test func aDifferenceWithinTheSpreadIsNone() {
    let effect = AblationEffect([20.0, 20.5, 21.0])
    #expect(effect.mean == 20.5)
    #expect(effect.spread == 1)
    #expect(effect.difference(21.5) == nil)
    #expect(effect.difference(19.25) == -1.25)
    #expect(AblationEffect([3]).difference(3.25) == 0.25)
    #expect(AblationEffect([3]).difference(3) == nil)
  }
}
