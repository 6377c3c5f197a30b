import Tokenization

/// What the levels do with their codebook, and what is wrong with it.
package struct CodebookDiagnosis: Sendable, Equatable {
  /// Level 1 first.
  package let levels: [LevelDiagnosis]
  /// The gravest first.
  package let alerts: [Alert]

  package init(levels: [LevelDiagnosis]) {
    self.levels = levels
    var alerts = levels.flatMap(CodebookRules.alerts)
    alerts += CodebookRules.coarse(levels)
    // Stable: equal severities stay in the order of levels and rules.
    self.alerts = Alert.Severity.allCases.reversed()
      .flatMap { severity in alerts.filter { $0.severity == severity } }
  }
}
