import Foundation
import TestSupport
import Testing

@testable import Training

/// The plans that come with the package.
let plansFolder = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("samples/plans").path

private let minimal = """
  {"format": "pyratok.plan.1", "stages": [{"name": "a", "steps": 5,
   "batch": [{"clips": 1, "frames": 5, "size": 32}], "losses": {"l1": 1},
   "optimizer": {"learning_rate": 0.001}}]}
  """

private func plan(_ text: String) throws -> TrainingPlan {
  try TrainingPlan(json: Array(text.utf8), path: "plan.json")
}

@Test(arguments: [("ablation", "pico"), ("nano-aligned", "nano")])
func plansOfOtherNamesAreValid(name: String, model: String) throws {
  #expect(try TrainingPlan(path: "\(plansFolder)/\(name).json").model.name == model)
}

@Test(arguments: [
  "tiny", "overfit", "nano", "minilm", "paper", "paper-reduced", "quantizer-off", "healthy",
  "collapse-entropy-off", "collapse-slope-100", "collapse-learning-rate",
  "collapse-no-straight-through",
])
func everyBundledPlanIsValid(name: String) throws {
  let plan = try TrainingPlan(path: "\(plansFolder)/\(name).json")
  #expect(plan.model.name == name)
  let again = try TrainingPlan(json: try plan.json(), path: "again")
  #expect(again == plan)
  #expect(try again.firstDifference(to: plan) == nil)
}

@Test func leftOutFieldsAreTheBundledModels() throws {
  let plan = try plan(minimal)
  #expect(plan.model == .init())
  #expect(plan.stages[0].optimizer.decayStart == 5)
  #expect(plan.stages[0].batch[0].share == 1)
}

@Test(arguments: [
  ("\"steps\"", "\"stepz\"", "it has no field “stages.0.stepz”; did you mean “stages.0.steps”?"),
  ("\"l1\"", "\"l3\"", "it has no field “stages.0.losses.l3”; did you mean “stages.0.losses.l1”?"),
  ("\"stages\"", "\"stage\"", "it has no field “stage”; did you mean “stages”?"),
  (
    "\"learning_rate\"", "\"lerning_rate\"",
    "did you mean “stages.0.optimizer.learning_rate”?"
  ),
  ("\"losses\"", "\"accumulat\": 2, \"losses\"", "did you mean “stages.0.accumulate”?"),
  ("\"losses\"", "\"straightthrough\": true, \"losses\"", "“stages.0.straight_through”?"),
  ("\"losses\"", "\"data\": {\"clip\": 1}, \"losses\"", "did you mean “stages.0.data.clips”?"),
  ("\"stages\"", "\"autoregresive\": {}, \"stages\"", "did you mean “autoregressive”?"),
  (
    "\"stages\"", "\"adapters\": {\"ranks\": 4}, \"stages\"", "did you mean “adapters.rank”?"
  ),
])
func anUnknownFieldNamesTheNearestOne(right: String, wrong: String, message: String) {
  let text = minimal.replacingOccurrences(of: right, with: wrong)
  #expect {
    try plan(text)
  } throws: {
    "\($0)".contains(message)
  }
}

@Test(arguments: [
  ("\"frames\": 5", "\"frames\": 6", "6 frames are not 1 more than a multiple of 4"),
  ("\"size\": 32", "\"size\": 40", "the size 40 is not a multiple of 32"),
  ("\"steps\": 5", "\"steps\": 0", "steps must be at least 1"),
  ("\"steps\": 5", "\"steps\": \"5\"", "“stages.0.steps” has the wrong type"),
  ("pyratok.plan.1", "pyratok.plan.9", "only “pyratok.plan.1” is known"),
  ("\"l1\": 1", "\"l1\": -1", "weights that are not negative"),
  ("0.001", "0", "a number of the optimizer is out of its range"),
  (
    "\"losses\"", "\"quantizer\": \"identity\", \"straight_through\": false, \"losses\"",
    "straight_through contradicts quantizer"
  ),
  (
    "\"losses\"", "\"quantizer\": \"cube\", \"losses\"",
    "“stages.0.quantizer” has a value that is not known"
  ),
  (
    "\"stages\"", "\"data\": {\"clips\": 3, \"manifest\": \"m.csv\"}, \"stages\"",
    "data.clips contradicts manifest"
  ),
  ("\"stages\"", "\"data\": {\"flip\": 0.5}, \"stages\"", "data.flip needs a manifest"),
  ("\"l1\": 1", "\"l1\": 1, \"drift\": 1", "losses.drift needs the field “drift”"),
  ("\"losses\"", "\"accumulate\": 0, \"losses\"", "accumulate must be at least 1"),
  (
    "\"losses\"", "\"final_losses\": {\"l2\": 1}, \"losses\"",
    "final_losses.l2 contradicts losses"
  ),
  ("0.001", "0.001, \"warm_up_steps\": -9", "optimizer.warm_up_steps is negative"),
])
func impossiblePlansAreRefusedInOneLine(right: String, wrong: String, message: String) {
  let text = minimal.replacingOccurrences(of: right, with: wrong)
  #expect {
    try plan(text)
  } throws: {
    "\($0)".contains(message) && !"\($0)".contains("\n")
  }
}

@Test func theFirstDifferenceIsNamedByItsPath() throws {
  let other = try plan(minimal.replacingOccurrences(of: "\"steps\": 5", with: "\"steps\": 6"))
  let difference = try plan(minimal).firstDifference(to: other)
  #expect(difference == "stages.0.optimizer.decay_start")
}

@Test(arguments: [
  ("encoder", "encoder.entry.weight", true), ("encoder", "encoders.entry", false),
  ("encoder.*", "encoder.entry.weight", true), ("*", "anything.at.all", true),
  ("quantizer.levels.*.attention.*", "quantizer.levels.2.attention.out.weight", true),
  ("quantizer.levels.*.attention.*", "quantizer.levels.2.out.weight", false),
  ("*.gain", "decoder.norm.gain", true), ("*.gain", "decoder.norm.gains", false),
  ("a*b*c", "a.b.b.c", true), ("a*b*c", "a.b.b", false),
])
func patternsNameParameters(pattern: String, name: String, matches: Bool) {
  #expect(NamePattern(text: pattern).matches(name) == matches)
}

@Test func aPatternThatFitsNothingIsRefused() throws {
  var plan = try plan(minimal)
  plan.stages[0].trainable = ["encoder.*", "dekoder"]
  #expect {
    try plan.trainedParameters(of: ["encoder.a", "decoder"], path: "plan.json")
  } throws: {
    "\($0)".contains("trainable names “dekoder”") && "\($0)".contains("nearest is “decoder”")
  }
  plan.stages[0].trainable = ["encoder.*"]
  #expect(
    try plan.trainedParameters(of: ["encoder.a", "decoder"], path: "plan.json") == [[true, false]])
}
