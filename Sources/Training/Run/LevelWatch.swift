import FoundationEssentials
import Tokenization

/// The windows of one level, and which rules hold.
struct LevelWatch: Sendable, Equatable {
  private let thresholds: AlertThresholds
  private var open = Window()
  private var closed = 0
  private var last: Window?
  /// The highest share of the ceiling that a window used.
  private var bestUsage = 0.0
  private var collapse: AlertCondition
  private var saturated: AlertCondition
  private var inert: AlertCondition
  /// Windows in a row in which each bit hardly changed.
  private var deadFor: [Int] = []

  init(thresholds: AlertThresholds) {
    self.thresholds = thresholds
    collapse = AlertCondition(windows: thresholds.collapseWindows)
    saturated = AlertCondition(windows: thresholds.saturatedWindows)
    inert = AlertCondition(windows: thresholds.inertWindows)
  }

  /// Sums over the steps of a window.
  private struct Window: Sendable, Equatable {
    var steps = 0
    var tokens = 0
    var used = 0.0
    var ceiling = 0.0
    var reach = 0.0
    /// Ones of each bit.
    var ones: [Double] = []
    var entropy = 0.0
    /// Sums of medians, over the steps that measured both.
    var entropyGradient = 0.0
    var codeGradient = 0.0

    mutating func add(_ level: LevelStatistics) {
      let count = Double(level.tokens ?? Int(level.ceiling.rounded()))
      let shares = level.ones ?? []
      if ones.count != shares.count { ones = [Double](repeating: 0, count: shares.count) }
      for (bit, share) in shares.enumerated() { ones[bit] += share * count }
      steps += 1
      tokens += Int(count)
      used += Double(level.used)
      ceiling += level.ceiling
      reach += level.inReach * count
      entropy += level.bitEntropy.reduce(0, +) / Double(max(1, level.bitEntropy.count)) * count
      guard let moved = level.entropyGradientMedian, let picture = level.codeGradientMedian else {
        return
      }
      entropyGradient += moved
      codeGradient += picture
    }

    var usage: Double { used / max(ceiling, 1) }
    var inReach: Double { reach / Double(max(tokens, 1)) }
    var meanEntropy: Double { entropy / Double(max(tokens, 1)) }
    /// Nil where one of the two is not measured or not there.
    var gradientRatio: Double? {
      codeGradient > 0 ? entropyGradient / codeGradient : nil
    }
  }

  mutating func add(_ level: LevelStatistics) {
    open.add(level)
    guard open.steps >= thresholds.windowSteps, open.tokens >= thresholds.windowTokens else {
      return
    }
    close()
  }

  private mutating func close() {
    let window = open
    open = Window()
    last = window
    closed += 1
    // A bit is dead after so many windows that the last one of grace may be among them.
    if closed >= thresholds.graceWindows { judgeBits(window) }
    guard closed > thresholds.graceWindows else { return }
    bestUsage = max(bestUsage, window.usage)
    collapse.add(
      isBad: window.usage < thresholds.lostUsage
        || window.usage < thresholds.collapsedUsage
          && window.usage < thresholds.fallenUsage * bestUsage,
      isGood: window.usage > 1.2 * thresholds.collapsedUsage)
    saturated.add(
      isBad: window.inReach < thresholds.saturatedReach,
      isGood: window.inReach > 1.5 * thresholds.saturatedReach)
    if let ratio = window.gradientRatio {
      inert.add(isBad: ratio < thresholds.inertRatio, isGood: ratio > 3 * thresholds.inertRatio)
    }
  }

  private mutating func judgeBits(_ window: Window) {
    if deadFor.count != window.ones.count {
      deadFor = [Int](repeating: 0, count: window.ones.count)
    }
    for (bit, ones) in window.ones.enumerated() {
      let share = ones / Double(window.tokens)
      let edge = min(share, 1 - share)
      if edge < thresholds.deadShare {
        deadFor[bit] += 1
      } else if edge > 1.5 * thresholds.deadShare || deadFor[bit] < thresholds.deadWindows {
        deadFor[bit] = 0
      }
    }
  }

  /// Windows that were judged.
  var judged: Int { max(0, closed - thresholds.graceWindows) }
  /// Of the last window, over its ceiling; nil before one was judged.
  var usage: Double? { judged > 0 ? last?.usage : nil }

  // MARK: In words

  /// How the last window's figures were found.
  var basis: String? {
    last.map { "\($0.steps) steps, \($0.tokens) tokens; \(judged) windows judged" }
  }

  func alerts(level: Int) -> [Alert] {
    [
      collapseAlert(level), deadBitAlert(level), saturatedAlert(level), inertAlert(level),
      cap(level),
    ]
    .compactMap(\.self)
  }

  private func collapseAlert(_ level: Int) -> Alert? {
    guard collapse.holds, let last else { return nil }
    return Alert(
      rule: .collapse, severity: last.usage < thresholds.lostUsage ? .error : .warning,
      level: level,
      text: "\(AlertText.percent(last.usage)) of the codes in reach are used, at best it was "
        + AlertText.percent(bestUsage),
      remedy: "lower the learning rate, raise the entropy weight, or train without the quantizer "
        + "first; then start again from a checkpoint before the fall",
      basis: basis)
  }

  private func deadBitAlert(_ level: Int) -> Alert? {
    let dead = deadFor.indices.filter { deadFor[$0] >= thresholds.deadWindows }
    guard judged > 0, !dead.isEmpty else { return nil }
    return Alert.deadBits(dead, of: deadFor.count, level: level, basis: basis)
  }

  private func saturatedAlert(_ level: Int) -> Alert? {
    guard saturated.holds, let last else { return nil }
    return Alert(
      rule: .saturated, severity: .warning, level: level,
      text: "the entropy term reaches only \(AlertText.percent(last.inReach)) of z",
      remedy: "lower entropy_slope to 4…10; lower the commitment weight", basis: basis)
  }

  private func inertAlert(_ level: Int) -> Alert? {
    guard inert.holds, let ratio = last?.gradientRatio else { return nil }
    return Alert(
      rule: .inert, severity: .warning, level: level,
      text: ratio < 1e-12
        ? "the entropy term does not move most of z"
        : "the entropy term moves most of z \(AlertText.number(ratio)) times as much as the picture does",
      remedy: "lower entropy_slope to 4…10, or raise the entropy weight", basis: basis)
  }

  private func cap(_ level: Int) -> Alert? {
    guard let last, closed > thresholds.graceWindows, last.meanEntropy >= thresholds.cappedEntropy
    else { return nil }
    return Alert(
      rule: .cap, severity: .info, level: level,
      text:
        "the bits carry \(AlertText.percent(last.meanEntropy)) of what they could each on their own",
      remedy: "nothing; more weight on the entropy term gains nothing here",
      basis: basis)
  }
}
