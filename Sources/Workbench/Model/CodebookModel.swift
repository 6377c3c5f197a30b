import TokenizerEngine

/// How the codes of the clip are used, and what of it is looked at.
package struct CodebookModel: Equatable, Sendable {
  /// Level 1 first; empty until something is tokenized.
  package var statistics: [LevelUsage] = []
  package var findings: CodebookFindings?
  package var level = 1
  package var panel = CodebookPanel.overview
  /// The row of the list of codes, and of the list of pairs.
  package var code = 0
  package var pair = 0
  /// 0 is the most significant.
  package var bit = 0
  package var timeMeasure = TimeMeasure.usage
  /// What each level adds, when it was measured.
  package var ladder: LevelLadder?
  /// The patches of a code; while it is up it has the keys.
  package var gallery: GalleryModel?
  /// What was found in the index; it lies over the gallery.
  package var search: SearchModel?

  package var shown: LevelUsage? { statistics.first { $0.level == level } }

  package var finding: CodebookFindings.Level? { findings?.levels.first { $0.level == level } }

  /// What the list of pairs stands on.
  package var chosenPair: BitPair? {
    let pairs = finding?.relations?.pairs ?? []
    return pairs.isEmpty ? nil : pairs[min(pair, pairs.count - 1)]
  }

  /// What the panel's cursor stands on.
  package var pointed: Brush? {
    switch panel {
    case .codes:
      shown.flatMap { $0.topCodes.indices.contains(code) ? .code($0.topCodes[code].code) : nil }
    case .bits: .bit(bit)
    case .pairs: .bit(chosenPair?.first ?? bit)
    case .overview, .time, .reach, .ladder: nil
    }
  }
}

/// The parts of the Codebook screen, in the order of Tab.
package enum CodebookPanel: String, CaseIterable, Equatable, Sendable {
  case overview
  case codes
  case bits
  case pairs
  case time
  case reach
  case ladder

  var title: String {
    switch self {
    case .overview: "Overview"
    case .codes: "Codes"
    case .bits: "Bits"
    case .pairs: "Pairs"
    case .time: "Time"
    case .reach: "Reach"
    case .ladder: "Ladder"
    }
  }

  func next(_ offset: Int) -> CodebookPanel {
    let all = Self.allCases
    let index = all.firstIndex(of: self) ?? 0
    return all[(index + offset + all.count) % all.count]
  }
}

/// What the strips of levels over time show.
package enum TimeMeasure: String, CaseIterable, Equatable, Sendable {
  case usage
  case bitEntropy
  case jointEntropy
  case excess
  case change

  var title: String {
    switch self {
    case .usage: "codes used, of the window's ceiling"
    case .bitEntropy: "mean entropy of a bit"
    case .jointEntropy: "joint entropy, of what as many different codes would have"
    case .excess: "excess total correlation, bits (shuffled baseline taken off)"
    case .change: "codes that differ from the step before"
    }
  }

  /// 0…1 for colours, and the number as text.
  func value(_ window: UsageWindow, bits: Int) -> (share: Double, text: String)? {
    switch self {
    case .usage: (window.shareOfCeiling, Numbers.percent(window.shareOfCeiling, 0))
    case .bitEntropy: (window.bitEntropy, Numbers.fixed(window.bitEntropy, 2))
    case .jointEntropy:
      (
        window.jointEntropyBits / max(1, UsageWindow.mostEntropy(window.tokens, bits: bits)),
        Numbers.fixed(window.jointEntropyBits, 1)
      )
    case .excess:
      (
        window.excessTotalCorrelation / Double(max(1, bits)),
        Numbers.fixed(window.excessTotalCorrelation, 1)
      )
    case .change: window.change.map { ($0, Numbers.percent($0, 0)) }
    }
  }

  var next: TimeMeasure {
    let all = Self.allCases
    return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
  }
}
