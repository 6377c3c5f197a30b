import Tokenization

/// Watches whether codes go out of use when a new term of the loss comes in, such as a
/// discriminator's: usage before the change against windows behind it.
struct MarkerWatch: Sendable, Equatable {
  private struct Marker: Sendable, Equatable {
    var name: String
    var step: Int
    /// The mean usage of the last windows before it.
    var before: Double
  }

  private let thresholds: AlertThresholds
  private let size: Int
  private var open: WindowMean
  private var recent: [Double] = []
  private var marker: Marker?
  private var windows = 0
  private var last = 0.0
  private var condition: AlertCondition

  /// Windows before a change that usage is known by.
  private static let known = 3

  /// - Parameter size: numbers of a window.
  init(thresholds: AlertThresholds, size: Int) {
    self.thresholds = thresholds
    self.size = size
    open = WindowMean(of: size)
    condition = AlertCondition(windows: thresholds.riseWindows)
  }

  /// A term comes in; before it is known how codes are used, that says nothing.
  mutating func mark(_ name: String, step: Int) {
    open = WindowMean(of: size)
    guard !condition.holds, recent.count > 1 else { return }
    condition = AlertCondition(windows: thresholds.riseWindows)
    windows = 0
    marker = Marker(
      name: name, step: step, before: recent.reduce(0, +) / Double(recent.count))
  }

  /// Forgets what codes were used before, as numbers from here on are not to be compared with it.
  mutating func restart() { self = MarkerWatch(thresholds: thresholds, size: size) }

  mutating func add(_ usage: Double) {
    guard usage.isFinite, let mean = open.add(usage) else { return }
    recent = (recent + [mean]).suffix(Self.known)
    guard let marker else { return }
    windows += 1
    last = mean
    condition.add(
      isBad: mean < (1 - thresholds.markerDrop) * marker.before,
      isGood: mean > (1 - thresholds.markerDrop / 2) * marker.before)
    if windows >= thresholds.markerWindows, !condition.holds { self.marker = nil }
  }

  /// - Parameter name: what the numbers are called.
  func alert(name: String, level: Int?, isShare: Bool, basis: String) -> Alert? {
    guard condition.holds, let marker else { return nil }
    func text(_ value: Double) -> String {
      isShare ? AlertText.percent(value) : AlertText.number(value)
    }
    return Alert(
      rule: .adversary, severity: .warning, level: level,
      text: "\(name) fell from \(text(marker.before)) to \(text(last)) since \(marker.name) "
        + "counts (step \(marker.step))",
      remedy: "let it come in later or with a smaller weight, and let the weight grow by degrees",
      basis: basis)
  }
}
