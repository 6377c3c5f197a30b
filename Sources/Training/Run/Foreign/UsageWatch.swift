import Tokenization

/// Watches one number of another program that says how many codes are in use.
///
/// The best is the highest mean of `run` values in a row, so that one odd value is no best. A collapse
/// is `run` values in a row below a third of it; it ends with as many above half of it.
struct UsageWatch: Sendable {
  static let run = 3

  private let tag: String
  private let level: Int?
  /// A perplexity that may be that of a language model: it falls from its first value on.
  private let isUncertain: Bool

  private var recent: [Double] = []
  private var count = 0
  private var best = 0.0
  /// The last step that was nearly as good as the best, and how many values there were by then.
  private var goodStep = 0
  private var goodCount = 0
  private var bad = 0
  private var good = 0
  private var since = 0
  private var last = (step: 0, value: 0.0)
  /// From the last of the bad values in a row on.
  private(set) var holds = false

  /// Nil for numbers that a collapse does not show in.
  init?(tag: String, role: NumberRole) {
    guard case .codebook(let number, let level) = role, number != .entropy else { return nil }
    self.tag = tag
    self.level = level
    isUncertain = number == .perplexity && !TagWords(tag).namesCodes
  }

  mutating func add(step: Int, value: Double) {
    guard value.isFinite else { return }
    count += 1
    last = (step, value)
    recent = Array((recent + [value]).suffix(Self.run))
    if recent.count == Self.run {
      let mean = recent.reduce(0, +) / Double(Self.run)
      best = max(best, mean)
    }
    if value >= 0.95 * best { (goodStep, goodCount) = (step, count) }
    let isBad = best > 0 && value < best / 3
    if isBad {
      bad += 1
      if bad == 1 { since = step }
    } else {
      bad = 0
    }
    good = value > best / 2 ? good + 1 : 0
    if bad >= Self.run, !isUncertain || goodCount > Self.run { holds = true }
    if good >= Self.run { holds = false }
  }

  var alert: Alert? {
    guard holds else { return nil }
    return Alert(
      rule: .collapse, severity: last.value < best / 10 ? .error : .warning, level: level,
      text: "\(tag) fell after step \(goodStep) and is below a third of its best "
        + "since step \(since): \(AlertText.number(last.value)), at best \(AlertText.number(best))",
      remedy: "lower the learning rate, raise the entropy weight, or start dead codes again; then "
        + "go on from a checkpoint before step \(goodStep)",
      basis: "\(count) logged values; the best is a mean of \(Self.run)")
  }
}
