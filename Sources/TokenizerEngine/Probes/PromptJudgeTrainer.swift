import Evaluation
import Layers
import Tensors
import Tokenization
import Training

/// Trains the judge of prompts on true clips of the training stream, from random weights.
package final class PromptJudgeTrainer {
  package struct Settings: Sendable, Equatable {
    package var steps = 1_500
    package var seed: UInt64 = 0

    package init() {}
  }

  package let judge: PromptJudge
  private let settings: Settings
  private let optimizer: AdamW
  private let average: MovingAverage
  private var random: RandomSource

  /// Scenes a step; each gives two edits, each edit two clips.
  private static let scenes = 8
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
    average = MovingAverage(judge.parameters, decay: 0.98)
  }

  /// Leaves the moving averages as the judge's weights.
  ///
  /// - Parameter report: hears the mean loss of an aspect after each step; may throw to stop.
  package func train(report: (_ step: Int, _ loss: Double) throws -> Void) throws {
    let schedule = LearningRateSchedule(
      peak: 0.002, warmUpSteps: 50, decayStart: settings.steps / 4, steps: settings.steps,
      floor: 0.01)
    for step in 0..<settings.steps {
      let loss = loss(of: batch(step))
      loss.backward()
      let norm = GradientClipping.globalNorm(judge.parameters)
      optimizer.update(
        learningRate: Float(schedule.rate(at: step)),
        gradientScale: GradientClipping.scale(norm: norm, limit: 1))
      average.update(step: step)
      try report(step + 1, Double(loss.value.scalar))
    }
    for (parameter, value) in zip(judge.parameters, average.values) {
      parameter.variable.value = value
    }
  }

  private func batch(_ step: Int) -> [PromptExample] {
    (0..<Self.scenes).flatMap { scene in
      let seed = ProceduralWorld.seed(
        settings.seed, stream: .training, index: step * Self.scenes + scene)
      let edits = ProceduralWorld.edits([.motion, Self.others[scene]], seed: seed)
      return edits.flatMap { edit in
        [false, true].map { isTarget in
          PromptExample(
            edit, isTarget: isTarget,
            isWhole: edit.attribute != .background && random.uniform() < 0.4)
        }
      }
    }
  }

  /// The mean over the aspects of their cross entropy over the examples that have them.
  private func loss(of batch: [PromptExample]) -> Variable {
    let aspects = PromptAspect.allCases.filter { $0 != .tone }
    let logits = judge.logits(JudgeView.batch(batch.map(\.view)), of: Set(aspects))
    var sum = Variable(Tensor(0))
    for aspect in aspects {
      let rows = batch.indices.filter { batch[$0].classes[aspect] != nil }
      guard let logits = logits[aspect], !rows.isEmpty else { continue }
      let targets = rows.compactMap { batch[$0].classes[aspect] }
      sum = sum + logits.gatheredRows(rows).crossEntropy(targets: targets)
    }
    return sum.scaled(by: 1 / Float(aspects.count))
  }
}
