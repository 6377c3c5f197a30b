import Tokenization

/// Watches how many bits of the same clips are others than at the evaluation before.
struct DriftWatch: Sendable, Equatable {
  private let limit: Double
  private let clearFactor: Double
  private let grace: Int
  private var count = 0
  private var step = 0
  private var share = 0.0
  private var condition: AlertCondition

  /// - Parameter limit: the share of changes that is too much.
  init(thresholds: AlertThresholds, limit: Double) {
    self.limit = limit
    clearFactor = thresholds.clearFactor
    grace = thresholds.driftGrace
    condition = AlertCondition(windows: thresholds.riseWindows)
  }

  mutating func add(step: Int, share: Double) {
    guard share.isFinite else { return }
    count += 1
    (self.step, self.share) = (step, share)
    guard count > grace else { return }
    condition.add(isBad: share > limit, isGood: share < limit / clearFactor)
  }

  /// - Parameter name: what changed, such as “of the bits”.
  func alert(name: String, level: Int?, basis: String) -> Alert? {
    guard condition.holds else { return nil }
    return Alert(
      rule: .drift, severity: .warning, level: level,
      text: "\(AlertText.percent(share)) \(name) of the same clips are others than at the "
        + "evaluation before step \(step)",
      remedy: "the codes have not settled: lower the learning rate or let it decay, and train "
        + "longer before anything is built on the tokens",
      basis: basis)
  }
}
