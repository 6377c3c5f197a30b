/// Frames per second as the fraction that containers store.
package struct FrameRate: Sendable, Equatable, CustomStringConvertible {
  package let numerator: Int
  package let denominator: Int

  package init(_ numerator: Int, _ denominator: Int = 1) {
    precondition(
      numerator > 0 && denominator > 0, "\(numerator)/\(denominator) is not a frame rate.")
    self.numerator = numerator
    self.denominator = denominator
  }

  /// Reads `num/den`; nil unless both are whole and positive.
  package init?(parsing text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let numerator = parts[0], let denominator = parts[1],
      numerator > 0, denominator > 0
    else { return nil }
    self.init(numerator, denominator)
  }

  package var framesPerSecond: Double { Double(numerator) / Double(denominator) }
  package var description: String { "\(numerator)/\(denominator)" }
}
