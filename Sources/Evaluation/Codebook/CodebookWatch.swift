import Tokenization

/// Follows a codebook over evaluation windows: alerts rise when their rule has held for some windows
/// in a row, and fall only when the numbers are clearly better.
package struct CodebookWatch: Sendable, Equatable {
  /// An alert that rose or fell.
  package struct Turn: Sendable, Equatable {
    package let rule: Alert.Rule
    package let level: Int?
    /// From 1 on.
    package let window: Int
    package let isRise: Bool
  }

  package private(set) var windows = 0
  package private(set) var turns: [Turn] = []
  /// The last window.
  package private(set) var last: CodebookDiagnosis?

  private let thresholds: AlertThresholds
  private var conditions: [Key: AlertCondition] = [:]
  /// What each rule said last, while it holds.
  private var texts: [Key: Alert] = [:]
  /// The best usage of each level.
  private var best: [Int: Double] = [:]

  private struct Key: Hashable {
    let rule: Alert.Rule
    let level: Int?
  }

  package init(thresholds: AlertThresholds = AlertThresholds()) { self.thresholds = thresholds }

  /// The alerts that hold, the gravest first; facts of the last window alone are among them.
  package var alerts: [Alert] {
    let facts = (last?.alerts ?? []).filter { $0.severity == .info }
    let held = texts.keys.filter { conditions[$0]?.holds == true }.sorted { order($0) < order($1) }
    return Alert.byGravity(held.compactMap { texts[$0] } + facts)
  }

  private func order(_ key: Key) -> (Int, Int) {
    (key.level ?? 0, Alert.Rule.allCases.firstIndex(of: key.rule) ?? 0)
  }

  package mutating func add(_ window: CodebookDiagnosis) {
    windows += 1
    for level in window.levels {
      best[level.level] = max(best[level.level] ?? 0, level.usedShareOfCeiling)
    }
    let bad = found(window.judged(by: thresholds))
    let notGood = found(window.judged(by: thresholds.clearing))
    for key in Set(bad.keys).union(conditions.keys) {
      var condition = conditions[key] ?? AlertCondition(windows: windowsToRise(key.rule))
      let held = condition.holds
      condition.add(isBad: bad[key] != nil, isGood: bad[key] == nil && notGood[key] == nil)
      conditions[key] = condition
      let holds = condition.holds
      if let alert = bad[key] { texts[key] = alert }
      if held != holds {
        turns.append(Turn(rule: key.rule, level: key.level, window: windows, isRise: holds))
      }
    }
    last = window.judged(by: thresholds)
  }

  private func windowsToRise(_ rule: Alert.Rule) -> Int {
    switch rule {
    case .deadBit: thresholds.deadWindows
    case .collapse: thresholds.collapseWindows
    case .saturated: thresholds.saturatedWindows
    // One value that is not what its code stands for is proof, and a type does not change.
    case .leak, .precision: 1
    default: thresholds.riseWindows
    }
  }

  private func found(_ window: CodebookDiagnosis) -> [Key: Alert] {
    var result: [Key: Alert] = [:]
    for alert in window.alerts where alert.severity > .info && isFalling(alert, in: window) {
      result[Key(rule: alert.rule, level: alert.level)] = alert
    }
    return result
  }

  /// Low usage is a collapse only where it was higher before, or where nothing is left.
  private func isFalling(_ alert: Alert, in window: CodebookDiagnosis) -> Bool {
    guard alert.rule == .collapse,
      let level = window.levels.first(where: { $0.level == alert.level })
    else { return true }
    let usage = level.usedShareOfCeiling
    let top = best[level.level] ?? 0
    return usage < window.thresholds.lostUsage || usage < thresholds.fallenUsage * top
  }
}
