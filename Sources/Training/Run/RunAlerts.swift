import FoundationEssentials
import Tokenization

/// Watches the numbers of a run for what makes codebooks collapse; the cost of a step does not depend
/// on how many came before.
///
/// Numbers are judged in windows of steps, so that one odd batch raises nothing, and an alert ends
/// only when its numbers are clearly good again. PRECISION is never raised: whatever a plan says, the
/// last product before the sign and all behind it are float32.
package struct RunAlerts: Sendable, Equatable {
  private let thresholds: AlertThresholds
  private let bits: Int
  /// Stages in which the decoder sees the numbers behind the signs.
  private let withoutCodes: Set<String>
  private var levels: [LevelWatch] = []
  private var loss: LossWatch
  private var coarse: AlertCondition
  private var window = NoGradientWatch()
  /// Tokens of the last step, level 1 first.
  private var tokens: [Int] = []

  /// - Parameters:
  ///   - bits: of one code.
  ///   - withoutCodes: names of stages whose codes nobody looks at.
  package init(
    bits: Int, withoutCodes: Set<String> = [], thresholds: AlertThresholds = AlertThresholds()
  ) {
    self.bits = bits
    self.withoutCodes = withoutCodes
    self.thresholds = thresholds
    loss = LossWatch(thresholds: thresholds)
    coarse = AlertCondition(windows: thresholds.riseWindows)
  }

  /// For the run of a plan; for any run without one.
  package init(plan: TrainingPlan?, thresholds: AlertThresholds) {
    let stages = plan?.stages.filter { $0.quantizer == .identity } ?? []
    self.init(
      bits: plan?.model.bits ?? 16, withoutCodes: Set(stages.map(\.name)), thresholds: thresholds)
  }

  package mutating func add(_ metrics: StepMetrics) {
    let isQuantized = !withoutCodes.contains(metrics.stage)
    if levels.count != metrics.levels.count || !isQuantized {
      levels = metrics.levels.map { _ in LevelWatch(thresholds: thresholds) }
      coarse = AlertCondition(windows: thresholds.riseWindows)
    }
    if isQuantized {
      let closed = levels.last?.judged
      for (index, level) in metrics.levels.enumerated() { levels[index].add(level) }
      if levels.last?.judged != closed { judgeCoarsest() }
    }
    loss.add(metrics, isQuantized: isQuantized)
    window.add(metrics, limit: thresholds.windowSteps)
    tokens = metrics.levels.compactMap(\.tokens)
  }

  /// With each window of the coarsest level.
  private mutating func judgeCoarsest() {
    guard levels.count > 1, let first = levels.first?.usage, let last = levels.last?.usage else {
      return
    }
    coarse.add(
      isBad: last < thresholds.coarseRatio * first,
      isGood: last > thresholds.coarseRatio * thresholds.clearFactor * first)
  }

  private var coarseAlert: Alert? {
    guard coarse.holds, let first = levels.first?.usage, let last = levels.last?.usage else {
      return nil
    }
    return Alert(
      rule: .coarse, severity: .warning, level: levels.count,
      text: "level \(levels.count) uses \(AlertText.percent(last)) of its ceiling, level 1 "
        + AlertText.percent(first),
      remedy: "weight the entropy term per level; give the coarse stage more channels",
      basis: levels.last?.basis)
  }

  /// The gravest first.
  package var alerts: [Alert] {
    var alerts = levels.enumerated().flatMap { $1.alerts(level: $0 + 1) } + loss.alerts
    alerts += [window.alert, coarseAlert].compactMap(\.self)
    if let most = tokens.max(), most < 1 << min(bits, 31) {
      alerts.append(
        Alert(
          rule: .undersampled, severity: .info, level: nil,
          text: "a step shows at most \(most) tokens of \(1 << min(bits, 31)) codes",
          remedy: "compare usage with its ceiling, not with the codebook"))
    }
    return Alert.byGravity(alerts)
  }
}

/// Whether the picture's gradient comes through the signs at all.
private struct NoGradientWatch: Sendable, Equatable {
  /// Steps in a row without it.
  private var steps = 0
  private var limit = 10

  mutating func add(_ metrics: StepMetrics, limit: Int) {
    self.limit = limit
    let gradients = metrics.levels.compactMap(\.codeGradient)
    let pictureCounts = ["l1", "l2", "ssim", "perceptual"].contains {
      metrics.terms[$0]?.weight ?? 0 > 0
    }
    guard pictureCounts, !gradients.isEmpty else { return }
    steps = gradients.allSatisfy { $0 == 0 } ? steps + 1 : 0
  }

  var alert: Alert? {
    guard steps >= limit else { return nil }
    return Alert(
      rule: .noStraightThrough, severity: .error, level: nil,
      text: "no gradient of the picture has reached the encoder for \(steps) steps",
      remedy: "pass the gradient straight through the sign: z + (sign(z) − z) without gradient; "
        + "in a plan, straight_through: true")
  }
}
