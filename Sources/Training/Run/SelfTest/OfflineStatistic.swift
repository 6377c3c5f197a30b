import Tokenization

/// The statistic of a rule, computed from a whole log at once, without grace and without hysteresis:
/// what the alerts that follow a run are measured against.
struct OfflineStatistic {
  private let rule: Alert.Rule
  private let thresholds = AlertThresholds()

  init(_ rule: Alert.Rule) { self.rule = rule }

  /// The end of the first window of any level that is beyond the threshold, and its steps.
  func crossing(in log: [StepMetrics]) -> (step: Int, window: Int)? {
    let levels = log.first?.levels.count ?? 0
    return (0..<levels).compactMap { crossing(in: log, level: $0) }.min { $0.step < $1.step }
  }

  private func crossing(in log: [StepMetrics], level: Int) -> (step: Int, window: Int)? {
    var best = 0.0
    var start = log.startIndex
    for end in log.indices {
      let window = log[start...end].map { $0.levels[level] }
      let tokens = window.reduce(0) { $0 + ($1.tokens ?? 0) }
      guard window.count >= thresholds.windowSteps, tokens >= thresholds.windowTokens else {
        continue
      }
      start = end + 1
      let usage = self.usage(window)
      best = max(best, usage)
      if isBeyond(window, tokens: Double(tokens), usage: usage, best: best) {
        return (log[end].step, window.count)
      }
    }
    return nil
  }

  private func usage(_ window: [LevelStatistics]) -> Double {
    Double(window.reduce(0) { $0 + $1.used }) / window.reduce(0) { $0 + $1.ceiling }
  }

  private func isBeyond(
    _ window: [LevelStatistics], tokens: Double, usage: Double, best: Double
  ) -> Bool {
    func mean(_ value: (LevelStatistics) -> Double) -> Double {
      window.reduce(0) { $0 + value($1) * Double($1.tokens ?? 0) } / tokens
    }
    switch rule {
    case .collapse:
      return usage < thresholds.lostUsage
        || usage < thresholds.collapsedUsage && usage < thresholds.fallenUsage * best
    case .deadBit:
      let bits = window[0].ones?.count ?? 0
      return (0..<bits).contains { bit in
        let share = mean { $0.ones?[bit] ?? 0.5 }
        return min(share, 1 - share) < thresholds.deadShare
      }
    case .saturated: return mean(\.inReach) < thresholds.saturatedReach
    case .inert:
      let entropy = window.reduce(0) { $0 + ($1.entropyGradientMedian ?? 0) }
      let picture = window.reduce(0) { $0 + ($1.codeGradientMedian ?? 0) }
      return picture > 0 && entropy < thresholds.inertRatio * picture
    case .noStraightThrough: return window.allSatisfy { $0.codeGradient == 0 }
    default: return false
    }
  }
}
