import Tokenization

/// What the levels do with their codebook, and what is wrong with it.
package struct CodebookDiagnosis: Sendable, Equatable {
  /// Level 1 first.
  package let levels: [LevelDiagnosis]
  /// Nil where only codes are known.
  package let leak: LeakCheck?
  package let thresholds: AlertThresholds
  /// The gravest first.
  package let alerts: [Alert]

  package init(
    levels: [LevelDiagnosis], leak: LeakCheck? = nil,
    thresholds: AlertThresholds = AlertThresholds()
  ) {
    self.levels = levels
    self.leak = leak
    self.thresholds = thresholds
    alerts = CodebookRules(thresholds).alerts(levels, leak: leak)
  }

  /// The same numbers with other thresholds.
  package func judged(by thresholds: AlertThresholds) -> CodebookDiagnosis {
    CodebookDiagnosis(levels: levels, leak: leak, thresholds: thresholds)
  }

  /// Tokens of all levels.
  package var tokens: Int { levels.reduce(0) { $0 + $1.tokens } }
}
