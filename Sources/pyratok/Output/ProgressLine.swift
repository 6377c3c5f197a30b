import Glibc

/// One line on stderr that is overwritten as work goes on; nothing unless it is a terminal.
struct ProgressLine {
  private let isShown: Bool
  private var last: ContinuousClock.Instant?

  init(quiet: Bool) { isShown = !quiet && isatty(STDERR_FILENO) != 0 }

  /// Ten times a second at most.
  mutating func show(_ text: @autoclosure () -> String) {
    guard isShown else { return }
    let now = ContinuousClock.now
    if let last, now - last < .milliseconds(100) { return }
    last = now
    StandardError.write("\r\u{1B}[K\(text())")
  }

  mutating func clear() {
    guard isShown, last != nil else { return }
    last = nil
    StandardError.write("\r\u{1B}[K")
  }
}
