import FoundationEssentials
import Glibc
import Layers
import Tensors
import Tokenization

extension Trainer {
  /// One change of the weights: all batches of the step forward and back, then the optimizer.
  func step(_ feed: BatchFeed) throws -> (StepMetrics, [(tag: String, value: EventValue)]) {
    let clock = ContinuousClock()
    let start = clock.now
    let batches = try feed.next()
    let wait = clock.now - start
    let number = position.step
    let (stage, stageStep) = plan.stage(at: number)
    let changes = control.changes(at: number)
    var schedule = stage.schedule
    schedule.peak = changes.learningRate ?? schedule.peak
    let weights = stage.weights(decayed: schedule.decayed(at: stageStep))
      .merging(changes.weights) { $1 }
    task.begin(stage)
    thaw(trained[plan.stageIndex(at: position.step)])
    var passes = StepPasses(levels: plan.model.levelCount, count: batches.count)
    for batch in batches { try pass(batch, stage, weights, &passes) }
    let rate = schedule.rate(at: stageStep)
    let norm = try update(stage, rate: rate, batches)
    position = batches[batches.count - 1].position
    let spent = (clock.now - start).inSeconds
    seconds += spent
    let metrics = StepMetrics(
      step: position.step, time: Date().timeIntervalSince1970, stage: stage.name,
      loss: passes.loss, terms: passes.terms, learningRate: rate, gradientNorm: norm,
      dataWaitSeconds: wait.inSeconds, framesPerSecond: Double(passes.frames) / spent,
      stepSeconds: spent, memoryBytes: Self.residentBytes(),
      levels: passes.levels(slope: plan.model.entropySlope), prediction: passes.prediction)
    let isShown = position.step == 1 || position.step.isMultiple(of: plan.histograms.every)
    return (metrics, isShown ? passes.histograms : [])
  }

  /// Lets gradients reach the parameters that the stage trains, and no others.
  private func thaw(_ isTrained: [Bool]) {
    for (parameter, isTrained) in zip(parameters, isTrained) {
      if isTrained { parameter.variable.thaw() } else { parameter.variable.freeze() }
    }
  }

  private func pass(
    _ batch: TrainingBatch, _ stage: TrainingPlan.StagePlan, _ weights: LossWeights,
    _ passes: inout StepPasses
  ) throws {
    let outcome = try plan.usedPrecision.whileInUse {
      try task.forward(batch, stage: stage, weights: weights)
    }
    guard outcome.total.value.scalar.isFinite else { throw notFinite(outcome, batch) }
    if passes.count == 1 {
      outcome.total.backward()
    } else {
      outcome.total.scaled(by: 1 / Float(passes.count)).backward()
    }
    passes.add(outcome, frames: batch.video.shape[0] * batch.video.shape[1])
  }

  /// Clips and applies the gradients; returns their norm before clipping.
  private func update(
    _ stage: TrainingPlan.StagePlan, rate: Double, _ batches: [TrainingBatch]
  ) throws -> Double {
    let norm = GradientClipping.globalNorm(parameters)
    guard norm.isFinite else {
      let worst = parameters.first { $0.variable.gradient?.isFinite == false }
      throw stopped(
        "the gradient of \(worst?.name ?? "a parameter")", step: position.step + 1,
        batches.map(\.description).joined(separator: "; "))
    }
    optimizer.settings = stage.optimizer.settings
    optimizer.update(
      learningRate: Float(rate),
      gradientScale: GradientClipping.scale(norm: norm, limit: stage.optimizer.clipNorm))
    average.decay = Float(stage.optimizer.averageDecay)
    average.update(step: position.step)
    return norm
  }

  // MARK: Numbers that are not finite

  /// Names the first thing, in the order of computation, that is not finite.
  private func notFinite(
    _ outcome: TrainingOutcome, _ batch: TrainingBatch
  ) -> TrainingError {
    var things: [(String, Tensor)] = parameters.map { ("the weight \($0.name)", $0.variable.value) }
    things.append(("the batch", batch.video))
    for (index, level) in (outcome.latents?.z ?? []).enumerated() {
      things.append(("z of level \(index + 1)", level.value))
    }
    if let picture = outcome.picture { things.append(("the reconstruction", picture.value)) }
    for term in outcome.terms {
      things.append(("the loss \(term.term.rawValue)", term.value.value))
    }
    return stopped(
      things.first { !$1.isFinite }?.0 ?? "the loss", step: position.step + 1, batch.description)
  }

  func stopped(_ tensor: String, step: Int, _ batch: String) -> TrainingError {
    .notFinite(
      tensor: tensor, step: step, batch: batch,
      lastCheckpoint: folder.checkpointSteps().last.map { folder.checkpointPath(step: $0) })
  }

  /// The memory that the process holds now; nil where the system does not tell.
  private static func residentBytes() -> Int? {
    guard let bytes = FileManager.default.contents(atPath: "/proc/self/statm") else { return nil }
    let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    return fields.count > 1 ? Int(fields[1]).map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) } : nil
  }
}
