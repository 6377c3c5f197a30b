import Evaluation
import Layers
import Tensors
import Tokenization
import Training

/// Trains the judge of prompts on true clips of the training stream, from random weights.
package final class PromptJudgeTrainer {
  package struct Settings: Sendable, Equatable {
    package var steps = 3_500
    /// Each gives two edits, each edit two clips.
    package var scenes = 1_200
    package var seed: UInt64 = 0

    package init() {}
  }

  package let judge: PromptJudge
  private let settings: Settings
  private let optimizer: AdamW
  private let average: MovingAverage
  private var random: RandomSource

  /// Single frames of a step, and clips.
  private static let frameBatch = 96
  private static let clipBatch = 16
  /// What an edit of the motion stands beside, scene by scene.
  private static let others: [WorldEdit.Attribute] = [.presence, .shape, .presence, .colour]

  package init(_ settings: Settings) {
    self.settings = settings
    random = RandomSource(seed: settings.seed)
    judge = PromptJudge(.world, random: &random)
    var optimization = AdamW.Settings()
    optimization.weightDecay = 0.02
    optimizer = AdamW(judge.parameters, settings: optimization)
    average = MovingAverage(judge.parameters, decay: 0.99)
  }

  /// Leaves the moving averages as the judge's weights.
  ///
  /// - Parameters:
  ///   - draw: hears how many scenes are drawn, of how many; may throw to stop.
  ///   - report: hears the mean loss of an aspect after each step; may throw to stop.
  package func train(
    draw: StepReport, report: (_ step: Int, _ losses: [PromptAspect: Double]) throws -> Void
  ) throws {
    let examples = try examples(draw)
    let moving = examples.filter { $0.classes[.motion] != nil }
    let schedule = LearningRateSchedule(
      peak: 0.003, warmUpSteps: 50, decayStart: settings.steps / 3, steps: settings.steps,
      floor: 0.01)
    for step in 0..<settings.steps {
      let losses = looks(examples).merging(motions(moving)) { look, _ in look }
      let sum = losses.values.reduce(Variable(Tensor(0)), +)
      sum.scaled(by: 1 / Float(losses.count)).backward()
      let norm = GradientClipping.globalNorm(judge.parameters)
      optimizer.update(
        learningRate: Float(schedule.rate(at: step)),
        gradientScale: GradientClipping.scale(norm: norm, limit: 1))
      average.update(step: step)
      try report(step + 1, losses.mapValues { Double($0.value.scalar) })
    }
    for (parameter, value) in zip(judge.parameters, average.values) {
      parameter.variable.value = value
    }
  }

  private func examples(_ report: StepReport) throws -> [PromptExample] {
    var examples: [PromptExample] = []
    for scene in 0..<settings.scenes {
      try report(scene, settings.scenes)
      let seed = ProceduralWorld.seed(settings.seed, stream: .training, index: scene)
      let other = Self.others[scene % Self.others.count]
      for edit in ProceduralWorld.edits([.motion, other], seed: seed) {
        for isTarget in [false, true] {
          let isWhole = random.uniform() < 0.3
          var example = PromptExample(edit, isTarget: isTarget, isWhole: isWhole)
          if random.uniform() < 0.8 { example.view = example.view.blemished(&random) }
          examples.append(example)
        }
      }
    }
    return examples
  }

  /// What single frames show, seen from all sides: each aspect's cross entropy.
  private func looks(_ examples: [PromptExample]) -> [PromptAspect: Variable] {
    let batch = draw(Self.frameBatch, of: examples)
    let views = JudgeView.batch(
      batch.map(\.view), steps: batch.map { _ in random.integer(below: JudgeView.frames) },
      turns: batch.map { _ in random.integer(below: 8) })
    return losses(judge.logits(views, of: [.colour, .shape, .presence]), batch.map(\.classes))
  }

  private func motions(_ examples: [PromptExample]) -> [PromptAspect: Variable] {
    let batch = draw(Self.clipBatch, of: examples)
    let turns = batch.map { _ in random.integer(below: 8) }
    let classes = zip(batch, turns).map { example, turn in
      [PromptAspect.motion: WorldEdit.motion(example.classes[.motion] ?? 0, turned: turn)]
    }
    let views = JudgeView.batch(batch.map(\.view), turns: turns)
    return losses(judge.logits(views, of: [.motion]), classes)
  }

  private func draw(_ count: Int, of examples: [PromptExample]) -> [PromptExample] {
    (0..<count).map { _ in examples[random.integer(below: examples.count)] }
  }

  /// Over the examples that have the aspect.
  private func losses(
    _ logits: [PromptAspect: Variable], _ classes: [[PromptAspect: Int]]
  ) -> [PromptAspect: Variable] {
    var losses: [PromptAspect: Variable] = [:]
    for (aspect, logits) in logits {
      let rows = classes.indices.filter { classes[$0][aspect] != nil }
      guard !rows.isEmpty else { continue }
      losses[aspect] = logits.gatheredRows(rows)
        .crossEntropy(targets: rows.compactMap { classes[$0][aspect] })
    }
    return losses
  }
}
