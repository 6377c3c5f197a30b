import Layers
import Tensors
import Tokenization

/// What a trainer trains: something with weights, a loss and files.
protocol TrainingTask: AnyObject {
  /// All that may learn; names are those of checkpoints.
  var parameters: [NamedVariable] { get }
  /// To be called before each step.
  func begin(_ stage: TrainingPlan.StagePlan)
  /// The loss terms of a batch and their weighted sum.
  func forward(
    _ batch: TrainingBatch, stage: TrainingPlan.StagePlan, weights: LossWeights
  ) throws -> TrainingOutcome
  /// On held-out clips; `meanwhile` is called between two of them.
  func validate(stage: TrainingPlan.StagePlan, meanwhile: () throws -> Void) throws -> (
    result: ValidationResult, views: [(tag: String, value: EventValue)]
  )
  /// Whether the lowest validation loss tells the best weights; else the newest count as the best.
  func isJudged(in stage: TrainingPlan.StagePlan) -> Bool
  /// What a later validation compares with, for checkpoints, by names of its own.
  var memory: [String: StoredTensor] { get set }
  /// Puts the model's files into an existing folder.
  func write(to directory: String) throws
}

extension TrainingTask {
  var memory: [String: StoredTensor] {
    get { [:] }
    set {}
  }
}

/// What one pass came to.
struct TrainingOutcome {
  var terms: [(term: LossTerm, value: Variable, weight: Double)]
  var total: Variable
  /// A tokenizer's.
  var latents: QuantizedLatents?
  /// [N, T, H, W, 3], not clamped; nil where no term looks at it.
  var picture: Variable?
  /// Of the gradient that the weighted entropy term sends into z, level by level; empty if there is
  /// no such term.
  var entropyMeters: [GradientMeter] = []
  /// A prior's, level 1 first.
  var predictions: [PredictionCount] = []
}

/// The training of a tokenizer.
final class TokenizerTask: TrainingTask {
  let model: PyramidTokenizerModel
  private let vocabulary: BytePairVocabulary
  private let objective: TrainingObjective
  private var validator: Validator
  /// The model's, then the objective's.
  let parameters: [NamedVariable]

  init(plan: TrainingPlan, planPath: String, feed: inout RandomSource) throws {
    var random = RandomSource(seed: plan.seed)
    let start = try PlanSources(plan: plan, planPath: planPath).model(random: &random)
    model = start.model
    vocabulary = start.vocabulary
    feed = random.split()
    objective = try TrainingObjective(
      plan: plan, planPath: planPath, model: start.model, vocabulary: start.vocabulary,
      random: &random)
    parameters = start.model.parameters + objective.parameters
    validator = Validator(plan: plan, model: start.model)
  }

  func begin(_ stage: TrainingPlan.StagePlan) { model.round(stage.rounding) }

  func forward(
    _ batch: TrainingBatch, stage: TrainingPlan.StagePlan, weights: LossWeights
  ) throws -> TrainingOutcome {
    try objective.forward(batch, stage: stage, weights: weights)
  }

  func validate(stage: TrainingPlan.StagePlan, meanwhile: () throws -> Void) throws -> (
    result: ValidationResult, views: [(tag: String, value: EventValue)]
  ) {
    try objective.whileMerged {
      try validator.validate(weights: stage.losses, meanwhile: meanwhile)
    }
  }

  func isJudged(in stage: TrainingPlan.StagePlan) -> Bool { stage.judgesPicture }

  var memory: [String: StoredTensor] {
    get { validator.memory }
    set { validator.memory = newValue }
  }

  func write(to directory: String) throws {
    let weights = objective.whileMerged { model.storedWeights() }
    try ModelFolder(
      configuration: model.configuration, tensors: weights, vocabulary: vocabulary
    ).write(to: directory)
  }
}
