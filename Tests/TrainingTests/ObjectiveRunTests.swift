import Foundation
import Tensors
import TestSupport
import Testing
import Tokenization

@testable import Training

/// Whole runs with the parts of the objective that have weights of their own.
@Suite(.serialized)
struct ObjectiveRunTests {
  private static let path = plansFolder + "/tiny.json"

  private static func plan() throws -> TrainingPlan {
    var plan = try TrainingPlan(path: path)
    plan.autoregressive = AutoregressivePlan(
      width: 16, layers: 1, heads: 2, tokenBudget: 48, groupBits: 8)
    plan.adapters = AdapterPlan(rank: 4, alpha: 8)
    plan.drift = DriftPlan()
    plan.corruption = CorruptionPlan(patch: 4)
    for term in [LossTerm.hierarchy, .textToken, .textCode, .autoregressive, .drift] {
      plan.stages[0].losses[term.rawValue] = 0.02
    }
    return plan
  }

  private static func train(
    _ plan: TrainingPlan, in run: String, resume: Bool = false, stopAfter: Int = .max
  ) throws -> (result: TrainingResult, steps: [StepMetrics]) {
    let trainer = try Trainer(plan: plan, planPath: path, run: run, resume: resume)
    var steps: [StepMetrics] = []
    let result = try trainer.run(
      shouldStop: { steps.count >= stopAfter },
      report: { if case .step(let step) = $0 { steps.append(step) } })
    return (result, steps)
  }

  @Test func aRunWithEveryPartIsResumedBitForBitAndItsModelIsAnOrdinaryOne() throws {
    let folder = try TemporaryFolder()
    let plan = try Self.plan()
    let whole = try Self.train(plan, in: folder.file("whole"))
    let part = try Self.train(plan, in: folder.file("parts"), stopAfter: 17)
    let rest = try Self.train(plan, in: folder.file("parts"), resume: true)
    #expect(part.steps.map(\.loss) + rest.steps.map(\.loss) == whole.steps.map(\.loss))
    #expect(whole.steps.last?.terms.count == plan.stages[0].losses.count)
    let first = whole.steps.prefix(5).reduce(0) { $0 + ($1.terms["l1"]?.value ?? 0) }
    let last = whole.steps.suffix(5).reduce(0) { $0 + ($1.terms["l1"]?.value ?? 0) }
    #expect(last < 0.9 * first)
    let checkpoint = try #require(rest.result.checkpoint)
    let tensors = try SafetensorsFile.read(checkpoint + "/training.safetensors").tensors
    #expect(tensors.keys.contains { $0.hasPrefix("weight.objective.autoregressive.") })
    // Merged, under the names that it has without adapters.
    let model = try ModelFolder.read(folder.file("whole") + "/model")
    var random = RandomSource(seed: 1)
    try PyramidTokenizerModel(configuration: plan.model, random: &random)
      .load(model.tensors, path: "model")
  }

  @Test func aStageCanTrainTheAdaptersAlone() throws {
    let folder = try TemporaryFolder()
    var plan = try Self.plan()
    plan.stages[0].steps = 6
    plan.stages[0].trainable = ["objective.adapters"]
    let run = try Self.train(plan, in: folder.file("run"))
    let checkpoint = try #require(run.result.checkpoint)
    let tensors = try SafetensorsFile.read(checkpoint + "/training.safetensors").tensors
    var random = RandomSource(seed: plan.seed)
    let start = PyramidTokenizerModel(configuration: plan.model, random: &random)
    for (name, variable) in start.parameters {
      #expect(tensors["weight." + name] == StoredTensor(variable.value), "\(name)")
    }
    let up = tensors["weight.objective.adapters.encoder.entry.weight.up"]?.tensor
    #expect(up?.values.contains { $0 != 0 } == true)
  }
}
