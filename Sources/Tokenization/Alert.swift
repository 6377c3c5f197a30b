/// Something that a person should look at, with what to do about it.
package struct Alert: Sendable, Equatable {
  package enum Rule: String, Sendable, CaseIterable {
    case deadBit = "DEAD_BIT"
    case duplicateBits = "DUP_BITS"
    case correlation = "CORR"
    case collapse = "COLLAPSE"
    case coarse = "COARSE"
    case undersampled = "UNDERSAMPLED"
    case cap = "CAP"
    case noStraightThrough = "NO_STE"
    case saturated = "SATURATED"
    case inert = "INERT"
    case nonFinite = "NONFINITE"
    case stalled = "STALLED"
    case crashed = "CRASHED"
    case failed = "FAILED"
  }

  package enum Severity: String, Sendable, CaseIterable, Comparable {
    case info
    case warning
    case error

    package static func < (left: Severity, right: Severity) -> Bool {
      left.rank < right.rank
    }

    private var rank: Int {
      switch self {
      case .info: 0
      case .warning: 1
      case .error: 2
      }
    }
  }

  package let rule: Rule
  package let severity: Severity
  /// Nil where it concerns no single level.
  package let level: Int?
  /// What was seen, in one line.
  package let text: String
  /// What to do, in one line.
  package let remedy: String

  /// The rule's name as users know it, such as DEAD_BIT.
  package var id: String { rule.rawValue }

  package init(rule: Rule, severity: Severity, level: Int?, text: String, remedy: String) {
    self.rule = rule
    self.severity = severity
    self.level = level
    self.text = text
    self.remedy = remedy
  }
}
