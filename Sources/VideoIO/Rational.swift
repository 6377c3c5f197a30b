/// A ratio of whole numbers, as containers keep frame rates: `30000/1001`.
package struct Rational: Sendable, Hashable, CustomStringConvertible {
  package let numerator: Int
  package let denominator: Int

  package init(_ numerator: Int, _ denominator: Int = 1) {
    self.numerator = numerator
    self.denominator = denominator
  }

  /// Reads `num/den` or a whole number; nil unless both are positive.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard let first = parts.first, let numerator = first, numerator > 0 else { return nil }
    switch parts.count {
    case 1: self.init(numerator)
    case 2:
      guard let denominator = parts[1], denominator > 0 else { return nil }
      self.init(numerator, denominator)
    default: return nil
    }
  }

  package var value: Double { Double(numerator) / Double(denominator) }
  package var isPositive: Bool { numerator > 0 && denominator > 0 }
  package var description: String { "\(numerator)/\(denominator)" }
}
