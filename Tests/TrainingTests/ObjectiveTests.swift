import Foundation
import Tensors
import TestSupport
import Testing
import Tokenization

@testable import Training

private let tinyPath = plansFolder + "/tiny.json"

/// A small model, its objective and a batch to try them on.
private struct Workplace {
  let plan: TrainingPlan
  let model: PyramidTokenizerModel
  let objective: TrainingObjective
  let batch: TrainingBatch

  /// - Parameter moved: gives every weight that starts at zero a value.
  init(_ change: (inout TrainingPlan) -> Void, moved: Bool = false) throws {
    var plan = try TrainingPlan(path: tinyPath)
    change(&plan)
    self.plan = plan
    var random = RandomSource(seed: 3)
    model = PyramidTokenizerModel(configuration: plan.model, random: &random)
    objective = try TrainingObjective(
      plan: plan, planPath: tinyPath, model: model, vocabulary: BytePairVocabulary(),
      random: &random)
    batch = TrainingBatch(
      video: Tensor.random([2, 5, 16, 16, 3]), captions: ["a red ball", "two fish"],
      names: ["a", "b"], seen: [true, false], bitOrder: Array(0..<16),
      random: RandomSource(seed: 8),
      position: FeedPosition(random: random))
    guard moved else { return }
    for (name, variable) in objective.parameters where name.hasSuffix(".up") {
      variable.value = Tensor.random(variable.shape, seed: 4)
    }
  }

  func outcome(_ weights: LossWeights) throws -> TrainingOutcome {
    try objective.forward(batch, stage: plan.stages[0], weights: weights)
  }
}

@Suite struct TrainingObjectiveTests {
  /// All that can be had without files from outside.
  private static let terms: [LossTerm] = LossTerm.allCases.filter {
    $0 != .perceptual && $0 != .drift && $0 != .masked
  }

  private static func all(_ plan: inout TrainingPlan) {
    for term in terms { plan.stages[0].losses[term.rawValue] = 0.1 }
    plan.autoregressive = AutoregressivePlan(
      width: 16, layers: 1, heads: 2, tokenBudget: 64, groupBits: 8)
    plan.adapters = AdapterPlan(rank: 4, alpha: 8)
    plan.corruption = CorruptionPlan(patch: 4)
  }

  @Test func everyTermHasAFiniteValueAndTheTotalIsTheirWeightedSum() throws {
    let place = try Workplace(Self.all)
    let outcome = try place.outcome(place.plan.stages[0].losses)
    #expect(outcome.terms.map(\.term) == Self.terms)
    #expect(outcome.terms.allSatisfy { $0.value.value.scalar.isFinite })
    let sum = outcome.terms.reduce(0) { $0 + Double($1.value.value.scalar) * $1.weight }
    #expect(abs(Double(outcome.total.value.scalar) - sum) < 1e-4)
    #expect(outcome.entropyMeters.count == 4)
    outcome.total.backward()
    let parameters = place.model.parameters + place.objective.parameters
    for (name, variable) in parameters where !name.hasSuffix(".down") {
      #expect(variable.gradient?.isFinite == true, "\(name)")
    }
  }

  @Test func aTermWithoutAWeightIsNotComputed() throws {
    let place = try Workplace(Self.all)
    let outcome = try place.outcome(["l1": 1, "autoregressive": 0])
    #expect(outcome.terms.map(\.term) == [.l1])
    outcome.total.backward()
    let extra = place.objective.parameters.filter { $0.variable.gradient != nil }
    #expect(extra.allSatisfy { $0.name.hasPrefix("objective.adapters.") })
  }

  /// What was drawn before there were parts with weights stays as it was.
  @Test func aPlanWithoutPartsDrawsNothing() throws {
    let plan = try TrainingPlan(path: tinyPath)
    var random = RandomSource(seed: 1)
    let model = PyramidTokenizerModel(configuration: plan.model, random: &random)
    let before = random
    let objective = try TrainingObjective(
      plan: plan, planPath: tinyPath, model: model, vocabulary: BytePairVocabulary(),
      random: &random)
    #expect(random == before)
    #expect(objective.parameters.isEmpty)
  }

  @Test func partsAreNamedUnderObjective() throws {
    let place = try Workplace(Self.all)
    let names = place.objective.parameters.map(\.name)
    #expect(names.allSatisfy { $0.hasPrefix("objective.") })
    #expect(names.contains("objective.adapters.encoder.entry.weight.down"))
    #expect(names.contains("objective.autoregressive.head.weight"))
    #expect(names.contains("objective.text_token.levels.3.bias"))
    #expect(Set(names).count == names.count)
  }

  @Test func oneBatchGivesOneLoss() throws {
    let first = try Workplace(Self.all).outcome(["autoregressive": 1, "l1": 1])
    let second = try Workplace(Self.all).outcome(["autoregressive": 1, "l1": 1])
    #expect(first.total.value.scalar == second.total.value.scalar)
  }

  // MARK: Adapters

  @Test func newAdaptersChangeNothing() throws {
    let plain = try Workplace({ _ in }).outcome(["l1": 1])
    let adapted = try Workplace({ $0.adapters = AdapterPlan() }).outcome(["l1": 1])
    #expect(plain.total.value.scalar == adapted.total.value.scalar)
  }

  @Test func mergedWeightsDoWhatTheAdaptersDid() throws {
    let place = try Workplace({ $0.adapters = AdapterPlan(rank: 4, alpha: 8) }, moved: true)
    let adapted = try #require(try place.outcome(["l1": 1]).latents)
    let base = place.model.storedWeights(as: .float32)
    let merged = place.objective.whileMerged { place.model.storedWeights(as: .float32) }
    #expect(place.model.storedWeights(as: .float32) == base)
    #expect(merged["encoder.entry.weight"] != base["encoder.entry.weight"])
    #expect(merged["decoder.exit.weight"] == base["decoder.exit.weight"])
    #expect(merged.keys == base.keys)
    let plain = try Workplace { _ in }
    try plain.model.load(merged, path: "merged")
    let output = try #require(try plain.outcome(["l1": 1]).latents)
    for (own, other) in zip(adapted.z, output.z) {
      expectClose(own.value, other.value, within: 1e-5)
    }
  }

  @Test func factorsAndGivenWeightsBothGetGradients() throws {
    let place = try Workplace({ $0.adapters = AdapterPlan(rank: 4, alpha: 8) }, moved: true)
    try place.outcome(["l1": 1, "commitment": 1]).total.backward()
    let encoder = place.model.parameters.first { $0.name == "encoder.entry.weight" }
    #expect(encoder?.variable.gradient != nil)
    #expect(place.objective.parameters.allSatisfy { $0.variable.gradient != nil })
  }

  // MARK: Drift and corruption

  @Test func driftIsNoneAtTheStartAndGrowsWithTheWeights() throws {
    let folder = try TemporaryFolder()
    let start = try Workplace { _ in }
    try FileManager.default.createDirectory(
      atPath: folder.file("model"), withIntermediateDirectories: true)
    try ModelFolder(
      configuration: start.plan.model, tensors: start.model.storedWeights(as: .float32),
      vocabulary: BytePairVocabulary()
    ).write(to: folder.file("model"))
    let place = try Workplace {
      $0.stages[0].losses["drift"] = 1
      $0.drift = DriftPlan(weights: folder.file("model"))
    }
    #expect(abs(try place.outcome(["drift": 1]).total.value.scalar) < 1e-5)
    for (name, variable) in place.model.parameters where name == "encoder.entry.weight" {
      variable.value = Tensor.random(variable.shape, seed: 5)
    }
    let moved = try place.outcome(["drift": 1])
    #expect(moved.total.value.scalar > 0.1)
    moved.total.backward()
    #expect(place.model.parameters.contains { $0.variable.gradient != nil })
  }

  @Test func adaptersDriftFromTheModelWithoutThem() throws {
    func place(moved: Bool) throws -> Workplace {
      try Workplace(
        {
          $0.stages[0].losses["drift"] = 1
          $0.adapters = AdapterPlan(rank: 4, alpha: 8)
        }, moved: moved)
    }
    #expect(abs(try place(moved: false).outcome(["drift": 1]).total.value.scalar) < 1e-6)
    let moved = try place(moved: true)
    let outcome = try moved.outcome(["drift": 1])
    #expect(outcome.total.value.scalar > 0.1)
    outcome.total.backward()
    let factors = moved.objective.parameters
    #expect(factors.allSatisfy { $0.variable.gradient?.isFinite == true })
  }

  @Test func termsWithoutWhatTheyNeedAreNamed() throws {
    for term in ["drift", "perceptual"] {
      let error = #expect(throws: TrainingError.self) {
        try Workplace { $0.stages[0].losses[term] = 1 }
      }
      #expect(error?.description.contains("“\(term)”") == true)
    }
  }

  @Test func whatIsReconstructedIsNotCorrupted() throws {
    let place = try Workplace { $0.corruption = CorruptionPlan(frames: 1) }
    let outcome = try place.outcome(["l1": 1])
    let clean = Reconstruction.absoluteError(
      try #require(outcome.picture), Variable(place.batch.video))
    #expect(outcome.total.value.scalar == clean.value.scalar)
    let plain = try Workplace { _ in }.outcome(["l1": 1])
    #expect(outcome.total.value.scalar != plain.total.value.scalar)
  }
}
