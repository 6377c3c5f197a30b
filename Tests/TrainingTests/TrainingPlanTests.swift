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

@Test(arguments: ["tiny", "overfit", "nano"])
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
