import FoundationEssentials
import Glibc
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
  /// Something that the plan asks for cannot be had here.
  case notice(String)
  /// The run waits till it is told to go on.
  case paused(step: Int)
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
  let plan: TrainingPlan
  let folder: RunFolder
  let task: any TrainingTask
  let parameters: [NamedVariable]
  let optimizer: AdamW
  let average: MovingAverage
  /// For each stage, whether it trains each of the parameters.
  let trained: [[Bool]]
  private let lock: RunLock
  private let datasets: [TrainingPlan.DataPlan: any ClipDataset]
  var control: RunControl
  private var record: RunRecord
  private var lastBeat = ContinuousClock.now
  var position: FeedPosition
  var best: TrainingCheckpoint.State.Best?
  /// Spent on steps so far.
  var seconds = 0.0
  var lastSaved: Int?
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
    datasets = try sources.datasets()
    var feed = RandomSource(seed: plan.seed)
    task =
      plan.prior == nil
      ? try TokenizerTask(plan: plan, planPath: planPath, feed: &feed)
      : try PriorTask(plan: plan, planPath: planPath, feed: &feed)
    parameters = task.parameters
    trained = try plan.trainedParameters(of: parameters.map(\.name), path: planPath)
    optimizer = AdamW(parameters)
    average = MovingAverage(
      parameters, decay: Float(plan.stages[0].optimizer.averageDecay))
    position = FeedPosition(random: feed)
    try folder.create()
    lock = try RunLock(folder)
    // Once more: another process may have begun a run here meanwhile.
    try runGuard.check(resume: resume)
    let checkpoint = try TrainingCheckpoint.newest(in: folder)
    let step = checkpoint?.state.step ?? 0
    control = try RunControl(folder: folder, plan: plan, step: step)
    record = RunRecord(plan: plan)
    record.planPath = Self.origin(of: planPath, folder)
    if let checkpoint { try restore(checkpoint) }
  }

  /// The run's own copy of the plan stands for the file that it was copied from.
  private static func origin(of planPath: String, _ folder: RunFolder) -> String {
    let path = URL(fileURLWithPath: planPath).standardized.path
    guard path == URL(fileURLWithPath: folder.planPath).standardized.path else { return path }
    return RunRecord.read(folder)?.planPath ?? path
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
    if plan.usedPrecision != plan.precision {
      report(
        .notice("this processor has no fast \(plan.precision.rawValue); float32 is used instead"))
    }
    folder.removePartialCheckpoints()
    try WholeFile.write([try plan.json()], to: folder.planPath)
    try folder.truncateMetrics(after: position.step)
    try record.write(to: folder)
    do {
      try trainSteps(shouldStop: shouldStop, report: report)
    } catch {
      record.state = RunState.failed.rawValue
      record.failure = "\(error)"
      if case TrainingError.notFinite = error { record.isNonFinite = true }
      try? record.write(to: folder)
      throw error
    }
    record.state = (position.step >= plan.steps ? RunState.finished : .stopped).rawValue
    try record.write(to: folder)
    return result()
  }

  /// Makes up for what a process that was killed behind its last checkpoint did not write.
  private func completeFinishedRun() throws {
    if !folder.holdsModel { try writeModel() }
    record = RunRecord.read(folder) ?? record
    skipped = record.skipped ?? []
    guard record.state != RunState.finished.rawValue else { return }
    record.state = RunState.finished.rawValue
    try record.write(to: folder)
  }

  private func writeModel() throws {
    try ModelCard(plan: plan, best: best, seconds: seconds).writeModel(in: folder)
  }

  private func trainSteps(
    shouldStop: () -> Bool, report: (TrainingEvent) -> Void
  ) throws {
    let feed = BatchFeed(plan: plan, datasets: datasets, position: position)
    while position.step < plan.steps, !shouldStop(),
      try obey(shouldStop: shouldStop, report: report)
    {
      if plan.stage(at: position.step).step == 0 { best = nil }
      var (metrics, views) = try step(feed)
      let isLast = position.step == plan.steps
      var isBest = false
      if isLast || position.step.isMultiple(of: plan.validation.every) {
        let result = try validate()
        metrics.validation = result.result
        views += result.views
        let isJudged = task.isJudged(in: plan.stage(at: position.step - 1).stage)
        isBest = !isJudged || result.result.loss < best?.loss ?? .infinity
        if isBest { best = .init(step: position.step, loss: result.result.loss) }
      }
      try folder.append(metrics, more: views)
      report(.step(metrics))
      if isLast || isBest || position.step.isMultiple(of: plan.checkpoint.every) {
        report(.saved(try save()))
      }
      record.skipped = feed.skipped
      try beat()
    }
    if lastSaved != position.step, position.step > 0 { report(.saved(try save())) }
    record.skipped = feed.skipped
    skipped = record.skipped ?? []
    if position.step == plan.steps { try writeModel() }
  }

  private func validate() throws -> (
    result: ValidationResult, views: [(tag: String, value: EventValue)]
  ) {
    let (stage, _) = plan.stage(at: position.step - 1)
    return try average.whileInUse {
      try task.validate(stage: stage, meanwhile: { try beat() })
    }
  }

  // MARK: Signs of life

  /// Writes that the process is alive, every few seconds by a clock that nobody sets.
  private func beat() throws {
    let now = ContinuousClock.now
    guard now - lastBeat > .seconds(5) else { return }
    lastBeat = now
    record.beat()
    try record.write(to: folder)
  }

  private func tell(_ state: RunState) throws {
    guard record.state != state.rawValue else { return }
    record.state = state.rawValue
    record.beat()
    try record.write(to: folder)
  }

  // MARK: Commands

  /// Does what was asked since the last step and waits while the run is paused; false to stop.
  private func obey(
    shouldStop: () -> Bool, report: (TrainingEvent) -> Void
  ) throws -> Bool {
    var isPaused = false
    while true {
      for command in try control.read() {
        var refusal = control.problem(command)
        switch command.command {
        case "pause" where isPaused: refusal = "it is paused already"
        case "pause": isPaused = true
        case "resume" where !isPaused: refusal = "it is not paused"
        case "resume": isPaused = false
        case "checkpoint" where position.step == 0: refusal = "no step is done yet"
        case "checkpoint" where lastSaved != position.step: report(.saved(try save()))
        default: break
        }
        try control.answer(command, step: position.step, refusal: refusal)
        if command.command == "stop" { return false }
      }
      guard isPaused else {
        try tell(.running)
        return true
      }
      if shouldStop() { return false }
      try tell(.paused)
      try beat()
      report(.paused(step: position.step))
      usleep(50_000)
    }
  }

  private func result() -> TrainingResult {
    TrainingResult(
      steps: position.step, finalLoss: folder.lastMetrics()?.loss ?? .nan,
      checkpoint: folder.checkpointSteps().last.map { folder.checkpointPath(step: $0) },
      isFinished: position.step >= plan.steps, skipped: skipped)
  }
}

extension TrainingPlan {
  /// For each stage, which of the named parameters it trains; a pattern that fits none is refused.
  func trainedParameters(of names: [String], path: String) throws -> [[Bool]] {
    try stages.enumerated().map { index, stage in
      guard let texts = stage.trainable else { return names.map { _ in true } }
      let patterns = texts.map { NamePattern(text: $0) }
      for pattern in patterns where !names.contains(where: pattern.matches) {
        throw TrainingError.badPlan(
          path: path,
          reason: "in stages.\(index), trainable names “\(pattern.text)”, which is no parameter; "
            + "the nearest is “\(NearestName.find(pattern.text, in: names))”")
      }
      return names.map { name in patterns.contains { $0.matches(name) } }
    }
  }
}
