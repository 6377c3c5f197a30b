import TokenizerEngine

/// How the codes of the clip are used, and what of it is looked at.
package struct CodebookModel: Equatable, Sendable {
  /// Level 1 first; empty until something is tokenized.
  package var statistics: [LevelUsage] = []
  package var findings: CodebookFindings?
  package var level = 1

  package var shown: LevelUsage? { statistics.first { $0.level == level } }
}
