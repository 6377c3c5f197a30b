import FoundationEssentials
import Tokenization

/// Watches the numbers of a run for what makes codebooks collapse; the cost of a step does not depend
/// on how many came before.
///
/// Numbers are judged in windows of steps, so that one odd batch raises nothing, and an alert ends
/// only when its numbers are clearly good again.
package struct RunAlerts: Sendable, Equatable {
  private let thresholds: AlertThresholds
  private let bits: Int
  private var levels: [LevelWatch] = []
  private var window = NoGradientWatch()
  /// Tokens of the last step, level 1 first.
  private var tokens: [Int] = []

  /// - Parameter bits: of one code.
  package init(bits: Int, thresholds: AlertThresholds = AlertThresholds()) {
    self.bits = bits
    self.thresholds = thresholds
  }

  package mutating func add(_ metrics: StepMetrics) {
    if levels.count != metrics.levels.count {
      levels = metrics.levels.map { _ in LevelWatch(thresholds: thresholds) }
    }
    for (index, level) in metrics.levels.enumerated() { levels[index].add(level) }
    window.add(metrics, limit: thresholds.windowSteps)
    tokens = metrics.levels.compactMap(\.tokens)
  }

  /// The gravest first.
  package var alerts: [Alert] {
    var alerts = levels.enumerated().flatMap { $1.alerts(level: $0 + 1) }
    if let alert = window.alert { alerts.append(alert) }
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
