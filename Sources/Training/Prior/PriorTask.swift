import FoundationEssentials
import Layers
import Tensors
import Tokenization

/// The training of a prior on the tokens of a frozen tokenizer.
final class PriorTask: TrainingTask {
  let parameters: [NamedVariable]
  private let prior: PriorModel
  private let vocabulary: BytePairVocabulary
  private let objective: PriorObjective
  private let validator: PriorValidator

  init(plan: TrainingPlan, planPath: String, feed: inout RandomSource) throws {
    guard let own = plan.prior else { preconditionFailure("The plan trains no prior.") }
    let path = URL(fileURLWithPath: own.tokenizer, relativeTo: URL(fileURLWithPath: planPath))
      .standardizedFileURL.path
    let folder = try ModelFolder.read(path)
    vocabulary = folder.vocabulary
    let tokenizer = try PyramidTokenizerModel(
      configuration: folder.configuration, loading: folder.tensors, path: path)
    for parameter in tokenizer.parameters { parameter.variable.freeze() }
    let window = plan.stages.flatMap(\.batch).map { [$0.frames, $0.size, $0.size] }
      .reduce([1, 1, 1]) { zip($0, $1).map(max) }
    let configuration = own.configuration(
      folder.configuration, sha256: folder.sha256, vocabularySize: vocabulary.size, window: window)
    if let problem = plan.shapeProblem(configuration.geometry) {
      throw TrainingError.badPlan(path: planPath, reason: problem)
    }
    if let problem = configuration.problem {
      throw TrainingError.badPlan(path: planPath, reason: "in prior, \(problem)")
    }
    var random = RandomSource(seed: plan.seed)
    prior = PriorModel(configuration, random: &random)
    feed = random.split()
    parameters = prior.parameters
    if let initial = plan.initialWeights {
      let start = URL(fileURLWithPath: initial, relativeTo: URL(fileURLWithPath: planPath))
        .standardizedFileURL.path
      try prior.load(initial: try PriorFolder.read(start).tensors, path: start)
    }
    objective = PriorObjective(
      plan: own, tokenizer: tokenizer, vocabulary: vocabulary, prior: prior)
    validator = PriorValidator(
      plan: plan, objective: objective, vocabulary: vocabulary, prior: prior)
  }

  func begin(_ stage: TrainingPlan.StagePlan) {}

  func forward(
    _ batch: TrainingBatch, stage: TrainingPlan.StagePlan, weights: LossWeights
  ) throws -> TrainingOutcome {
    var random = batch.random
    let outcome = objective.forward(objective.masked(batch, random: &random))
    let weight = weights[LossTerm.masked.rawValue] ?? 0
    return TrainingOutcome(
      terms: [(.masked, outcome.loss, weight)], total: outcome.loss.scaled(by: Float(weight)),
      predictions: outcome.counts)
  }

  func validate(stage: TrainingPlan.StagePlan, meanwhile: () throws -> Void) throws -> (
    result: ValidationResult, views: [(tag: String, value: EventValue)]
  ) {
    (try validator.validate(meanwhile: meanwhile), [])
  }

  func isJudged(in stage: TrainingPlan.StagePlan) -> Bool { true }

  func write(to directory: String) throws {
    try PriorFolder(
      configuration: prior.configuration, tensors: prior.storedWeights(), vocabulary: vocabulary
    ).write(to: directory)
  }
}
