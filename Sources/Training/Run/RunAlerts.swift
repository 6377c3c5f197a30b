import FoundationEssentials
import Tokenization

/// Watches the numbers of a run for what makes codebooks collapse; the cost of a step does not depend
/// on how many came before.
///
/// Numbers are judged in windows of steps, so that one odd batch raises nothing, and an alert ends
/// only when its numbers are clearly good again.
package struct RunAlerts: Sendable, Equatable {
  /// When numbers become alerts.
  package struct Thresholds: Sendable, Equatable {
    /// Steps of a window, at least.
    package var windowSteps = 10
    /// Tokens of a level that a window needs.
    package var windowTokens = 256
    /// Windows of the beginning that are not judged: random weights use few codes.
    package var graceWindows = 2
    /// P(1) within this distance of 0 or 1 is a dead bit.
    package var deadShare = 0.02
    package var deadWindows = 3
    /// Used codes over their ceiling.
    package var collapsedUsage = 0.3
    /// Usage that is a collapse even if it never was higher.
    package var lostUsage = 0.05
    /// What is left of the best usage when it counts as falling.
    package var fallenUsage = 0.7
    package var collapseWindows = 2
    /// The share of z that the entropy term reaches.
    package var saturatedReach = 0.03
    package var saturatedWindows = 2
    /// The median of the entropy term's gradient over that of the picture's.
    ///
    /// Of medians, not norms: with a steep slope the few z beside 0 get a huge gradient and all
    /// others none.
    package var inertRatio = 1e-4
    package var inertWindows = 2
    /// Mean entropy of a bit at which more is not to be had.
    package var cappedEntropy = 0.98

    package init() {}
  }

  private let thresholds: Thresholds
  private let bits: Int
  private var levels: [LevelWatch] = []
  private var window = NoGradientWatch()
  /// Tokens of the last step, level 1 first.
  private var tokens: [Int] = []

  /// - Parameter bits: of one code.
  package init(bits: Int, thresholds: Thresholds = Thresholds()) {
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
    return alerts.enumerated().sorted {
      ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset)
    }.map(\.element)
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
