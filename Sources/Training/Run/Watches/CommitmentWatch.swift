import Tokenization

/// Watches the loss between the values before the sign and their codes, window by window.
///
/// QLOSS_ZERO: it is gone within three windows while the picture is as bad as before; all values
/// stand on one code then. COMMIT_UP: it is several times its lowest of the windows before.
struct CommitmentWatch: Sendable, Equatable {
  struct Window: Sendable, Equatable {
    /// The last of the window.
    var step: Int
    var commitment: Double
    /// The loss of the reconstruction; nil where nothing tells it.
    var picture: Double?
  }

  private let thresholds: AlertThresholds
  private var recent: [Window] = []
  private var count = 0
  private var last: Window?
  private var gone: AlertCondition
  private var up: AlertCondition
  /// What it fell from, and what it rose from.
  private var high: Window?
  private var low: Window?

  /// Windows within which a loss that vanishes does so at once.
  private static let suddenly = 3

  init(thresholds: AlertThresholds) {
    self.thresholds = thresholds
    gone = AlertCondition(windows: thresholds.riseWindows)
    up = AlertCondition(windows: thresholds.riseWindows)
  }

  mutating func add(_ window: Window) {
    guard window.commitment.isFinite, window.commitment >= 0 else { return }
    count += 1
    last = window
    judgeFall(window)
    if count > thresholds.graceWindows {
      judgeRise(window)
      recent.append(window)
    } else {
      recent = [window]
    }
    recent.removeFirst(max(0, recent.count - max(Self.suddenly, thresholds.commitmentWindows)))
  }

  private mutating func judgeFall(_ window: Window) {
    guard let picture = window.picture, let from = high ?? beforeFall, let former = from.picture
    else { return }
    let isBad =
      window.commitment < thresholds.vanishedLoss * from.commitment
      && picture >= thresholds.improvedPicture * former
    let isGood =
      window.commitment > 2 * thresholds.vanishedLoss * from.commitment
      || picture < thresholds.improvedPicture * former / thresholds.clearFactor
    gone.add(isBad: isBad, isGood: isGood)
    high = isBad || gone.holds ? from : nil
  }

  /// The highest loss of the last windows, and how bad the picture was in the very last: it has become
  /// better by itself since the others.
  private var beforeFall: Window? {
    var window = recent.suffix(Self.suddenly).max { $0.commitment < $1.commitment }
    window?.picture = recent.last?.picture
    return window
  }

  private mutating func judgeRise(_ window: Window) {
    guard
      let from = low
        ?? recent.suffix(thresholds.commitmentWindows).min(by: { $0.commitment < $1.commitment }),
      from.commitment > 0
    else { return }
    let rise = window.commitment / from.commitment
    let isBad = rise > thresholds.commitmentRise
    up.add(isBad: isBad, isGood: rise < 1 + (thresholds.commitmentRise - 1) / 2)
    low = isBad || up.holds ? from : nil
  }

  /// - Parameter name: what the numbers are called, and how many make a window.
  func alerts(name: String, basis: String) -> [Alert] {
    [goneAlert(name, basis), upAlert(name, basis)].compactMap(\.self)
  }

  private func goneAlert(_ name: String, _ basis: String) -> Alert? {
    guard gone.holds, let high, let last, let picture = last.picture, let former = high.picture
    else { return nil }
    return Alert(
      rule: .quantizerLossGone, severity: .error, level: nil,
      text: "\(name) fell from \(AlertText.number(high.commitment)) at step \(high.step) to "
        + "\(AlertText.number(last.commitment)), and the picture's loss did not "
        + "(\(AlertText.number(former)), now \(AlertText.number(picture)))",
      remedy: "this is collapse, not success: look at the indices and their usage, lower the "
        + "learning rate or the commitment weight, go on from a checkpoint before the fall",
      basis: basis)
  }

  private func upAlert(_ name: String, _ basis: String) -> Alert? {
    guard up.holds, let low, let last else { return nil }
    return Alert(
      rule: .commitmentUp, severity: .warning, level: nil,
      text: "\(name) rose from \(AlertText.number(low.commitment)) at step \(low.step) to "
        + "\(AlertText.number(last.commitment))",
      remedy: "raise the commitment weight (β), clip gradients harder, or normalise the values "
        + "before they are quantized",
      basis: basis)
  }
}
