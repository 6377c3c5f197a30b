import Foundation
import Tensors
import Tokenization

/// Ways in which runs go wrong, each with the alert that must name it.
package enum RunFault: String, Sendable, CaseIterable {
  case quantizerLossGone = "commitment loss gone"
  case commitmentUp = "commitment loss rising"
  case entropySign = "entropy term's sign wrong"
  case learningRate = "learning rate gone"
  case adversary = "codes lost to a new term"
  case drift = "codes that do not settle"
  case collapse = "codes out of use"
  case coarseCollapse = "coarse codes out of use"
  case deadBit = "a dead bit"
  case saturated = "saturated values"
  case inert = "entropy term without effect"
  case noStraightThrough = "no gradient through the signs"

  package var rule: Alert.Rule {
    switch self {
    case .quantizerLossGone: .quantizerLossGone
    case .commitmentUp: .commitmentUp
    case .entropySign: .entropySign
    case .learningRate: .learningRate
    case .adversary: .adversary
    case .drift: .drift
    case .collapse: .collapse
    case .coarseCollapse: .coarse
    case .deadBit: .deadBit
    case .saturated: .saturated
    case .inert: .inert
    case .noStraightThrough: .noStraightThrough
    }
  }

  /// What such a fault is besides, and may be called too.
  var alsoTrue: Set<Alert.Rule> {
    switch self {
    case .coarseCollapse: [.collapse]
    default: []
    }
  }
}

/// The log of a run that is healthy until told to go wrong: numbers with noise, no training.
struct SyntheticRun {
  static let tokens = [512, 128, 32]
  static let bits = 16
  /// Steps between two validations; each is an evaluation of its own.
  static let validation = 10

  private let fault: RunFault?
  /// The first step of the fault.
  private let start: Int
  private var random: RandomSource

  init(_ fault: RunFault?, from start: Int, seed: UInt64) {
    self.fault = fault
    self.start = start
    random = RandomSource(seed: seed)
  }

  mutating func metrics(step: Int) -> StepMetrics {
    let bad = step >= start ? fault : nil
    let since = Double(step - start + 1)
    var terms = [
      "l1": (0.1 + 0.3 * exp(-Double(step) / 60), 1.0), "commitment": (0.33, 0.5),
      "entropy": (-8 + 2 * exp(-Double(step) / 30), 0.1),
    ]
    switch bad {
    case .quantizerLossGone: terms["commitment"] = (0.001, 0.5)
    case .commitmentUp: terms["commitment"] = (0.33 * (1 + 0.1 * since), 0.5)
    case .entropySign: terms["entropy"] = (-8 - 0.1 * since, 0.1)
    case .collapse, .deadBit, .coarseCollapse: terms["entropy"] = (-8 + 0.1 * since, 0.1)
    case .adversary: terms["hierarchy"] = (1, 0.2)
    default: break
    }
    let rate = 1e-3 * min(1, Double(step) / 20)
    var metrics = StepMetrics(
      step: step, time: Double(step), stage: "one", loss: 1,
      terms: terms.mapValues { .init(value: $0.0 * noise(0.1), weight: $0.1) },
      learningRate: bad == .learningRate ? 1e-10 : rate, gradientNorm: noise(0.5),
      dataWaitSeconds: 0, framesPerSecond: 1,
      levels: Self.tokens.indices.map { level($0, bad, since, isFine: $0 == 0) })
    if step.isMultiple(of: Self.validation) {
      let flips = bad == .drift ? 0.35 : 0.02 + 0.4 * exp(-Double(step) / 20)
      metrics.validation = ValidationResult(
        loss: 1, psnr: 20, usage: Self.tokens.map { _ in 0.8 },
        flips: Self.tokens.map { _ in flips * noise(0.1) })
    }
    return metrics
  }

  private mutating func level(
    _ index: Int, _ bad: RunFault?, _ since: Double, isFine: Bool
  ) -> LevelStatistics {
    let count = Self.tokens[index]
    let ceiling = UsageEstimators.ceiling(codebookSize: 1 << Self.bits, tokens: count)
    var usage = 0.8
    var ones = (0..<Self.bits).map { _ in 0.5 + 0.1 * random.normal() / 2 }
    if bad == .deadBit, isFine { ones[3] = 0.004 }
    var entropy = ones.map { UsageEstimators.binaryEntropy(min(max($0, 0), 1)) }
    switch bad {
    case .adversary: usage = 0.55
    case .collapse: usage = 0.8 * exp(-since / 5)
    case .coarseCollapse where index == Self.tokens.count - 1: usage = 0.2
    case .entropySign: entropy = entropy.map { $0 * exp(-since / 20) }
    default: break
    }
    var level = LevelStatistics(
      tokens: count, used: max(1, Int(usage * ceiling * noise(0.05))), ceiling: ceiling,
      bitEntropy: entropy, inReach: bad == .saturated ? 0.01 : 0.4, residualRMS: 0.58)
    level.ones = ones.map { min(max($0, 0), 1) }
    level.codeGradient = bad == .noStraightThrough ? 0 : noise(0.3)
    level.codeGradientMedian = noise(0.3)
    level.entropyGradient = noise(0.3)
    level.entropyGradientMedian = bad == .inert ? 1e-9 : 0.1 * noise(0.3)
    return level
  }

  /// About 1.
  private mutating func noise(_ size: Double) -> Double { exp(size * random.normal()) }
}

extension LevelStatistics {
  fileprivate init(
    tokens: Int, used: Int, ceiling: Double, bitEntropy: [Double], inReach: Double,
    residualRMS: Double
  ) {
    (self.tokens, self.used, self.ceiling) = (tokens, used, ceiling)
    (self.bitEntropy, self.inReach, self.residualRMS) = (bitEntropy, inReach, residualRMS)
  }
}
