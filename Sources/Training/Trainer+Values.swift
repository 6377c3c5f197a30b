import Tensors
import Tokenization

extension TrainingPlan.StagePlan {
  /// What becomes of z on its way to the decoder.
  var rounding: Rounding {
    guard quantizer == .pyramid else { return .off }
    return straightThrough ? .straightThrough : .withoutGradient
  }

  /// Whether a term of its loss compares the reconstruction with the clip.
  var judgesPicture: Bool {
    LossTerm.allCases.contains { $0.judgesPicture && losses[$0.rawValue] ?? 0 > 0 }
  }

  var schedule: LearningRateSchedule {
    LearningRateSchedule(
      peak: optimizer.learningRate, warmUpSteps: optimizer.warmUpSteps,
      decayStart: optimizer.decayStart, steps: steps, floor: optimizer.floor)
  }

  /// The weights of the losses when this share of the decay has passed.
  func weights(decayed: Double) -> LossWeights {
    guard let finalLosses, decayed > 0 else { return losses }
    return losses.merging(finalLosses) { $0 + ($1 - $0) * decayed }
  }
}

extension TrainingPlan.OptimizerPlan {
  var settings: AdamW.Settings {
    var settings = AdamW.Settings()
    settings.beta1 = Float(beta1)
    settings.beta2 = Float(beta2)
    settings.weightDecay = Float(weightDecay)
    return settings
  }
}

extension Tensor {
  var isFinite: Bool {
    withUnsafeBuffer { buffer in
      // A sum of zeros is finite only if every factor was.
      buffer.reduce(Float(0)) { $0 + $1 * 0 }.isFinite
    }
  }
}

extension Duration {
  var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
