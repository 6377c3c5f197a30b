/// Something that a person should look at, with what to do about it.
package struct Alert: Sendable, Equatable {
  package enum Rule: String, Sendable, CaseIterable {
    case deadBit = "DEAD_BIT"
    case duplicateBits = "DUP_BITS"
    case correlation = "CORR"
    case parity = "PARITY"
    case collapse = "COLLAPSE"
    case coarse = "COARSE"
    case clipCode = "CLIP_CODE"
    case undersampled = "UNDERSAMPLED"
    case cap = "CAP"
    case noStraightThrough = "NO_STE"
    case saturated = "SATURATED"
    case inert = "INERT"
    case scale = "SCALE"
    case leak = "LEAK"
    case quantizerLossGone = "QLOSS_ZERO"
    case commitmentUp = "COMMIT_UP"
    case entropySign = "ENTROPY_SIGN"
    case learningRate = "LR"
    case precision = "PRECISION"
    case adversary = "GAN_ON"
    case drift = "DRIFT"
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
  /// How the figures were estimated and on how many tokens, where that is known.
  package let basis: String?

  /// The rule's name as users know it, such as DEAD_BIT.
  package var id: String { rule.rawValue }

  package init(
    rule: Rule, severity: Severity, level: Int?, text: String, remedy: String, basis: String? = nil
  ) {
    self.rule = rule
    self.severity = severity
    self.level = level
    self.text = text
    self.remedy = remedy
    self.basis = basis
  }

  /// That `dead` of `count` bits hardly ever change.
  package static func deadBits(
    _ dead: [Int], of count: Int, level: Int?, basis: String? = nil
  ) -> Alert {
    Alert(
      rule: .deadBit, severity: dead.count * 2 >= count ? .error : .warning, level: level,
      text: "bit\(dead.count == 1 ? "" : "s") \(dead.map(String.init).joined(separator: ", ")) "
        + "of \(count) nearly never change\(dead.count == 1 ? "s" : "")",
      remedy: "normalise before the sign; raise the entropy weight; check the bias of the "
        + "last layer",
      basis: basis)
  }

  /// The gravest first; equal severities stay in their order.
  package static func byGravity(_ alerts: [Alert]) -> [Alert] {
    Severity.allCases.reversed().flatMap { severity in
      alerts.filter { $0.severity == severity }
    }
  }
}
