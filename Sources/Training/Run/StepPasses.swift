import Tensors
import Tokenization

/// What the passes of one step came to.
struct StepPasses {
  let count: Int
  private(set) var loss = 0.0
  private(set) var terms: [String: StepMetrics.Term] = [:]
  private(set) var frames = 0
  /// Of each level, z of every pass.
  private var z: [[Tensor]]
  private var codes: [Gradient?]
  private var entropy: [Gradient?]
  private var predictions: [PredictionCount] = []

  /// What meters saw of one level, over all passes.
  private struct Gradient {
    var squaredNorm = 0.0
    var median = 0.0
  }

  init(levels: Int, count: Int) {
    self.count = count
    z = Array(repeating: [], count: levels)
    codes = Array(repeating: nil, count: levels)
    entropy = codes
  }

  /// To be called when the gradients have passed.
  mutating func add(_ outcome: TrainingOutcome, frames: Int) {
    self.frames += frames
    loss += Double(outcome.total.value.scalar) / Double(count)
    for (term, value, weight) in outcome.terms {
      let share = Double(value.value.scalar) / Double(count)
      terms[term.rawValue, default: .init(value: 0, weight: weight)].value += share
    }
    if predictions.isEmpty {
      predictions = outcome.predictions
    } else {
      for (level, count) in outcome.predictions.enumerated() { predictions[level].add(count) }
    }
    guard let latents = outcome.latents else { return }
    for (level, latents) in latents.z.enumerated() { z[level].append(latents.value) }
    // Levels that no trained weight reaches have no gradient to speak of, not one of zero.
    guard latents.z.contains(where: \.requiresGradient) else { return }
    add(latents.meters, to: &codes)
    add(outcome.entropyMeters, to: &entropy)
  }

  private func add(_ meters: [GradientMeter], to gradients: inout [Gradient?]) {
    for (level, meter) in meters.enumerated() {
      var sum = gradients[level] ?? Gradient()
      sum.squaredNorm += meter.squaredNorm ?? 0
      sum.median += (meter.median ?? 0) / Double(count)
      gradients[level] = sum
    }
  }

  /// A prior's, level 1 first; nil for tokenizers.
  var prediction: [PredictionStatistics]? {
    predictions.isEmpty ? nil : predictions.map(\.statistics)
  }

  func levels(slope: Double) -> [LevelStatistics] {
    guard predictions.isEmpty else { return [] }
    return z.enumerated().map { level, parts in
      var statistics = LevelStatistics(parts, slope: slope)
      statistics.codeGradient = codes[level]?.squaredNorm.squareRoot()
      statistics.codeGradientMedian = codes[level]?.median
      statistics.entropyGradient = entropy[level]?.squaredNorm.squareRoot()
      statistics.entropyGradientMedian = entropy[level]?.median
      return statistics
    }
  }

  /// Of z, by level.
  var histograms: [(tag: String, value: EventValue)] {
    z.enumerated().compactMap { level, parts in
      Histogram(parts).map { ("levels/\(level + 1)/z", .histogram($0)) }
    }
  }
}
