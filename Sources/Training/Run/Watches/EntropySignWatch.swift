import Tokenization

/// Watches, window by window, whether training an entropy term makes the batch entropy fall.
///
/// A codebook that collapses in spite of the term has the term rise. Where entropy falls and the
/// term does not rise, the term is what lowers it: its sign is wrong.
struct EntropySignWatch: Sendable, Equatable {
  private struct Window: Sendable, Equatable {
    var step: Int
    var entropy: Double
    var term: Double
  }

  private let thresholds: AlertThresholds
  private var best: Window?
  private var last: Window?
  private var condition: AlertCondition

  init(thresholds: AlertThresholds) {
    self.thresholds = thresholds
    condition = AlertCondition(windows: thresholds.riseWindows)
  }

  /// - Parameters:
  ///   - entropy: of the codes of a batch, in any unit.
  ///   - term: the term of the loss as it is made small.
  mutating func add(step: Int, entropy: Double, term: Double) {
    guard entropy.isFinite, entropy >= 0, term.isFinite else { return }
    let window = Window(step: step, entropy: entropy, term: term)
    defer { last = window }
    guard let best, entropy <= best.entropy else {
      best = window
      condition.add(isBad: false, isGood: true)
      return
    }
    let isLow = entropy < thresholds.entropyFall * best.entropy
    let isFalling = entropy < (last?.entropy ?? .infinity)
    condition.add(
      isBad: isLow && isFalling && term <= best.term,
      isGood: entropy > (1 + thresholds.entropyFall) / 2 * best.entropy || term > best.term)
  }

  func alert(basis: String) -> Alert? {
    guard condition.holds, let best, let last else { return nil }
    return Alert(
      rule: .entropySign, severity: .error, level: nil,
      text: "batch entropy fell from \(AlertText.number(best.entropy)) at step \(best.step) to "
        + "\(AlertText.number(last.entropy)) while its term was made smaller "
        + "(\(AlertText.number(best.term)), now \(AlertText.number(last.term)))",
      remedy: "the sign is wrong: what is made small must hold the batch entropy with a minus",
      basis: basis)
  }
}
