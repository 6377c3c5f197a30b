import FoundationEssentials
import Layers
import Tensors
import Tokenization

/// What a trainer tells while it works.
package enum TrainingEvent: Sendable, Equatable {
  /// `step` steps of a run are done before the first new one.
  case started(step: Int, of: Int)
  case step(StepMetrics)
  /// A checkpoint lies at this path.
  case saved(String)
}

/// How a run ended.
package struct TrainingResult: Sendable, Equatable {
  package let steps: Int
  /// The last step's.
  package let finalLoss: Double
  /// The newest checkpoint; nil if the run was stopped before its first.
  package let checkpoint: String?
  package let isFinished: Bool
  /// Clips of the manifest that could not be read, each once.
  package let skipped: [SkippedClip]
}

/// Carries out a plan and writes its run folder; confined to one thread.
///
/// A stopped or killed run that is resumed gives the same weights, bit for bit, as one that was never
/// stopped, with the same binary, machine and number of threads.
package final class Trainer {
  private let plan: TrainingPlan
  private let folder: RunFolder
  private let lock: RunLock
  private let vocabulary: BytePairVocabulary
  private let model: PyramidTokenizerModel
  private let parameters: [NamedVariable]
  private let optimizer: AdamW
  private let average: MovingAverage
  private let dataset: any ClipDataset
  private let validator: Validator
  private var position: FeedPosition
  private var best: TrainingCheckpoint.State.Best?
  private var seconds = 0.0
  private var lastSaved: Int?
  private var skipped: [SkippedClip] = []

  /// - Parameters:
  ///   - planPath: the plan's file; what the plan names is looked for beside it.
  ///   - run: the run folder, made if it is not there.
  ///   - resume: go on with the run in the folder; without it such a folder is refused.
  package init(plan: TrainingPlan, planPath: String, run: String, resume: Bool) throws {
    self.plan = plan
    folder = RunFolder(path: run)
    let runGuard = RunGuard(folder: folder, plan: plan)
    try runGuard.check(resume: resume)
    let sources = PlanSources(plan: plan, planPath: planPath)
    dataset = try sources.dataset()
    var random = RandomSource(seed: plan.seed)
    let start = try sources.model(random: &random)
    model = start.model
    vocabulary = start.vocabulary
    parameters = model.parameters
    optimizer = AdamW(parameters)
    average = MovingAverage(
      parameters, decay: Float(plan.stages[0].optimizer.averageDecay))
    validator = Validator(plan: plan, model: model)
    position = FeedPosition(random: random.split())
    try folder.create()
    lock = try RunLock(folder)
    // Once more: another process may have begun a run here meanwhile.
    try runGuard.check(resume: resume)
    if let checkpoint = try TrainingCheckpoint.newest(in: folder) { try restore(checkpoint) }
  }

  /// Trains till the plan is done or `shouldStop` says so; then a checkpoint is saved.
  package func run(
    shouldStop: () -> Bool = { false }, report: (TrainingEvent) -> Void = { _ in }
  ) throws -> TrainingResult {
    report(.started(step: position.step, of: plan.steps))
    if position.step >= plan.steps {
      try completeFinishedRun()
      return result()
    }
    folder.removePartialCheckpoints()
    try WholeFile.write([try plan.json()], to: folder.planPath)
    try folder.truncateMetrics(after: position.step)
    var record = RunRecord(plan: plan)
    try record.write(to: folder)
    do {
      try trainSteps(&record, shouldStop: shouldStop, report: report)
    } catch {
      record.state = "failed"
      try? record.write(to: folder)
      throw error
    }
    record.state = position.step >= plan.steps ? "finished" : "stopped"
    try record.write(to: folder)
    return result()
  }

  /// Makes up for what a process that was killed behind its last checkpoint did not write.
  private func completeFinishedRun() throws {
    if !folder.holdsModel { try writeModel() }
    var record = RunRecord.read(folder) ?? RunRecord(plan: plan)
    skipped = record.skipped ?? []
    guard record.state != "finished" else { return }
    record.state = "finished"
    try record.write(to: folder)
  }

  private func writeModel() throws {
    try ModelCard(plan: plan, best: best, seconds: seconds).writeModel(in: folder)
  }

  private func trainSteps(
    _ record: inout RunRecord, shouldStop: () -> Bool, report: (TrainingEvent) -> Void
  ) throws {
    let feed = BatchFeed(plan: plan, dataset: dataset, position: position)
    while position.step < plan.steps, !shouldStop() {
      if plan.stage(at: position.step).step == 0 { best = nil }
      var metrics = try step(feed)
      let isLast = position.step == plan.steps
      var isBest = false
      if isLast || position.step.isMultiple(of: plan.validation.every) {
        let (stage, _) = plan.stage(at: position.step - 1)
        let result = average.whileInUse { validator.validate(weights: stage.losses) }
        metrics.validation = result
        isBest = result.loss < best?.loss ?? .infinity
        if isBest { best = .init(step: position.step, loss: result.loss) }
      }
      try folder.append(metrics)
      report(.step(metrics))
      if isLast || isBest || position.step.isMultiple(of: plan.checkpoint.every) {
        report(.saved(try save()))
      }
      if metrics.time - record.heartbeat > 5 {
        record.heartbeat = metrics.time
        record.skipped = feed.skipped
        try record.write(to: folder)
      }
    }
    if lastSaved != position.step, position.step > 0 { report(.saved(try save())) }
    record.skipped = feed.skipped
    skipped = record.skipped ?? []
    if position.step == plan.steps { try writeModel() }
  }

  // MARK: One step

  private func step(_ feed: BatchFeed) throws -> StepMetrics {
    let clock = ContinuousClock()
    let start = clock.now
    let batch = try feed.next()
    let wait = clock.now - start
    let number = position.step
    let (stage, stageStep) = plan.stage(at: number)
    let schedule = stage.schedule
    let rate = schedule.rate(at: stageStep)
    let weights = stage.weights(decayed: schedule.decayed(at: stageStep))
    let step = TrainingStep(
      model: model, vocabulary: vocabulary, slope: Float(plan.model.entropySlope),
      sampleEntropyWeight: Float(stage.sampleEntropyWeight))
    let outcome = step.forward(batch, weights: weights)
    let loss = Double(outcome.total.value.scalar)
    guard loss.isFinite else { throw notFinite(outcome, batch, step: number + 1) }
    outcome.total.backward()
    let norm = try update(stage, rate: rate, step: number)
    position = batch.position
    let spent = (clock.now - start).inSeconds
    seconds += spent
    let frames = batch.video.shape[0] * batch.video.shape[1]
    return StepMetrics(
      step: position.step, time: Date().timeIntervalSince1970, stage: stage.name, loss: loss,
      terms: outcome.metrics, learningRate: rate, gradientNorm: norm,
      dataWaitSeconds: wait.inSeconds, framesPerSecond: Double(frames) / spent,
      levels: outcome.output.levels.map {
        LevelStatistics(z: $0.z.value, slope: plan.model.entropySlope)
      })
  }

  /// Clips and applies the gradients; returns their norm before clipping.
  private func update(
    _ stage: TrainingPlan.StagePlan, rate: Double, step: Int
  ) throws -> Double {
    if let trainable = stage.trainable {
      for parameter in parameters where !trainable.contains(where: parameter.name.hasPrefix) {
        parameter.variable.gradient = nil
      }
    }
    let norm = GradientClipping.globalNorm(parameters)
    guard norm.isFinite else {
      let worst = parameters.first { $0.variable.gradient?.isFinite == false }
      throw stopped("the gradient of \(worst?.name ?? "a parameter")", step: step + 1)
    }
    optimizer.settings = stage.optimizer.settings
    optimizer.update(
      learningRate: Float(rate),
      gradientScale: GradientClipping.scale(norm: norm, limit: stage.optimizer.clipNorm))
    average.update(step: step)
    return norm
  }

  /// Names the first thing, in the order of computation, that is not finite.
  private func notFinite(
    _ outcome: TrainingStep.Outcome, _ batch: TrainingBatch, step: Int
  ) -> TrainingError {
    var things: [(String, Tensor)] = parameters.map { ("the weight \($0.name)", $0.variable.value) }
    things.append(("the batch", batch.video))
    for (index, level) in outcome.output.levels.enumerated() {
      things.append(("z of level \(index + 1)", level.z.value))
    }
    things.append(("the reconstruction", outcome.output.reconstruction.value))
    for term in outcome.terms {
      things.append(("the loss \(term.term.rawValue)", term.value.value))
    }
    return stopped(things.first { !$1.isFinite }?.0 ?? "the loss", step: step)
  }

  private func stopped(_ tensor: String, step: Int) -> TrainingError {
    .notFinite(
      tensor: tensor, step: step,
      lastCheckpoint: folder.checkpointSteps().last.map { folder.checkpointPath(step: $0) })
  }

  // MARK: Checkpoints

  private func save() throws -> String {
    let step = position.step
    let weights = parameters.map(\.variable.value)
    let kinds = [
      ("weight", weights), ("average", average.values), ("first", optimizer.firstMoments),
      ("second", optimizer.secondMoments),
    ]
    let pairs = kinds.flatMap { TrainingCheckpoint.stored($0.0, parameters, $0.1) }
    let state = TrainingCheckpoint.State(
      step: step, optimizerStep: optimizer.step, feed: position, best: best, seconds: seconds)
    let averaged = average.whileInUse { model.storedWeights() }
    try TrainingCheckpoint(state: state, tensors: Dictionary(uniqueKeysWithValues: pairs)).save(
      in: folder,
      model: ModelFolder(
        configuration: plan.model, tensors: averaged, vocabulary: vocabulary))
    TrainingCheckpoint.prune(in: folder, best: best?.step)
    lastSaved = step
    return folder.checkpointPath(step: step)
  }

  private func restore(_ checkpoint: TrainingCheckpoint) throws {
    let path = folder.checkpointPath(step: checkpoint.state.step)
    let weights = try checkpoint.arrays("weight", parameters, path: path)
    for (parameter, value) in zip(parameters, weights) { parameter.variable.value = value }
    average.values = try checkpoint.arrays("average", parameters, path: path)
    optimizer.firstMoments = try checkpoint.arrays("first", parameters, path: path)
    optimizer.secondMoments = try checkpoint.arrays("second", parameters, path: path)
    optimizer.step = checkpoint.state.optimizerStep
    position = checkpoint.state.feed
    best = checkpoint.state.best
    seconds = checkpoint.state.seconds
    lastSaved = checkpoint.state.step
  }

  private func result() -> TrainingResult {
    TrainingResult(
      steps: position.step, finalLoss: folder.lastMetrics()?.loss ?? .nan,
      checkpoint: folder.checkpointSteps().last.map { folder.checkpointPath(step: $0) },
      isFinished: position.step >= plan.steps, skipped: skipped)
  }
}
