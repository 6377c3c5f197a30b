import Tokenization

/// Watches whether the learning rate that is applied is one at all.
///
/// A warm-up may rise from nothing, and a decay may end in it: the one is given windows to rise in,
/// the other a twentieth of the numbers so far.
struct LearningRateWatch: Sendable, Equatable {
  private let thresholds: AlertThresholds
  private var count = 0
  /// Numbers in a row that are next to nothing.
  private var low = 0
  private var since = 0
  private var step = 0
  private var rate = 0.0
  /// Whether each of these was above the one before.
  private var isRising = true
  /// The last that was not next to nothing.
  private var useful: Double?

  init(thresholds: AlertThresholds) { self.thresholds = thresholds }

  mutating func add(step: Int, rate: Double) {
    guard rate.isFinite else { return }
    count += 1
    if rate < thresholds.leastLearningRate {
      if low == 0 {
        (since, isRising) = (step, true)
      } else if rate <= self.rate {
        isRising = false
      }
      low += 1
    } else {
      (low, useful) = (0, rate)
    }
    (self.step, self.rate) = (step, rate)
  }

  private var needed: Int {
    let window = thresholds.windowSteps
    guard let useful else {
      return isRising ? max(window, thresholds.warmUpWindows * window) : window
    }
    return useful < 100 * thresholds.leastLearningRate ? max(window, count / 20) : window
  }

  func alert(name: String) -> Alert? {
    guard low >= needed else { return nil }
    return Alert(
      rule: .learningRate, severity: .error, level: nil,
      text: "\(name) that is applied is \(AlertText.number(rate)), and below "
        + "\(AlertText.number(thresholds.leastLearningRate)) since step \(since): nothing is learnt",
      remedy: "look at what warm-up and schedule give at this step, and whether the schedule is "
        + "advanced once a step",
      basis: "\(low) logged rates in a row, to step \(step)")
  }
}
