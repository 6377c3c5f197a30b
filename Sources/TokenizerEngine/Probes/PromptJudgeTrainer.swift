import Evaluation
import Layers
import Tensors
import Tokenization
import Training

/// Trains the judge of prompts on true clips of the training stream, from random weights.
package final class PromptJudgeTrainer {
  package struct Settings: Sendable, Equatable {
    package var steps = 2_500
    /// Each gives two edits, each edit two clips.
    package var scenes = 1_500
    package var seed: UInt64 = 0

    package init() {}
  }

  package let judge: PromptJudge
  private let settings: Settings
  private let optimizer: AdamW
  private let average: MovingAverage
  private var random: RandomSource

  /// Clips a step.
  private static let batch = 32
  /// What an edit of the motion stands beside, scene by scene.
  private static let others: [WorldEdit.Attribute] = [
    .presence, .background, .colour, .presence, .background, .shape, .presence, .background,
  ]

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
    let schedule = LearningRateSchedule(
      peak: 0.003, warmUpSteps: 50, decayStart: settings.steps / 3, steps: settings.steps,
      floor: 0.01)
    for step in 0..<settings.steps {
      let batch = (0..<Self.batch).map { _ in examples[random.integer(below: examples.count)] }
      let losses = losses(of: batch)
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
          let isWhole = edit.attribute != .background && random.uniform() < 0.4
          examples.append(PromptExample(edit, isTarget: isTarget, isWhole: isWhole))
        }
      }
    }
    return examples
  }

  /// Each aspect's cross entropy over the examples that have it, seen from all sides.
  private func losses(of batch: [PromptExample]) -> [PromptAspect: Variable] {
    let aspects = PromptAspect.allCases.filter { $0 != .tone }
    let turns = batch.map { _ in random.integer(below: 8) }
    let views = JudgeView.batch(batch.map(\.view), turns: turns)
    let logits = judge.logits(views, of: Set(aspects))
    var losses: [PromptAspect: Variable] = [:]
    for aspect in aspects {
      let rows = batch.indices.filter { batch[$0].classes[aspect] != nil }
      guard let logits = logits[aspect], !rows.isEmpty else { continue }
      let targets = rows.compactMap { row in
        batch[row].classes[aspect].map {
          aspect == .motion ? WorldEdit.motion($0, turned: turns[row]) : $0
        }
      }
      losses[aspect] = logits.gatheredRows(rows).crossEntropy(targets: targets)
    }
    return losses
  }
}
