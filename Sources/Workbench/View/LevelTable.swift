import TokenizerEngine

/// The numbers of each level, coarse on top.
struct LevelTable {
  let statistics: [LevelUsage]
  let findings: CodebookFindings?
  let focus: Int
  /// The index beside the clip, level 1 first; no usage while it is being counted.
  var corpus: (name: String, usage: [LevelUsage])?

  private struct Column {
    var head: String
    var short: String
    var width: Int
    /// Whether it is about the index.
    var isCorpus = false
    var value: (LevelUsage) -> String
  }

  func draw(on screen: inout Screen, in all: Rect) {
    let columns = columns(for: all.width)
    let (groups, rect) = all.splitTop(corpus == nil ? 0 : 1)
    drawGroups(columns, on: &screen, in: groups)
    var x = rect.x
    for column in columns {
      let place = Rect(x: x, y: rect.y, width: column.width - 2, height: 1)
      screen.put(
        column.head.columns <= column.width - 2 ? column.head : column.short, in: place,
        style: Style(.secondary), alignment: .trailing)
      x += column.width
    }
    for (row, level) in statistics.reversed().enumerated() where row + 1 < rect.height {
      let y = rect.y + row + 1
      let isFocused = level.level == focus
      let surface: ThemeRole = isFocused ? .selection : .background
      if isFocused {
        screen.fill(
          Rect(x: rect.x, y: y, width: min(rect.width, x - rect.x), height: 1),
          style: Style(.text, on: surface))
      }
      var left = rect.x
      for (index, column) in columns.enumerated() {
        let place = Rect(x: left, y: y, width: column.width - 2, height: 1)
        screen.put(
          column.value(level), in: place,
          style: Style(
            isFocused ? .selectionText : index == 0 ? .level(level.level) : .text, on: surface,
            isFocused ? .bold : []),
          alignment: .trailing)
        left += column.width
      }
    }
  }

  /// Which columns are about the clip, and which about the index.
  private func drawGroups(_ columns: [Column], on screen: inout Screen, in rect: Rect) {
    guard !rect.isEmpty, let corpus else { return }
    let before = columns.prefix { !$0.isCorpus }.reduce(0) { $0 + $1.width }
    let width = columns.filter(\.isCorpus).reduce(0) { $0 + $1.width }
    let level = columns.first?.width ?? 0
    func put(_ text: String, from start: Int, _ width: Int) {
      guard width > 0 else { return }
      let place = Rect(x: rect.x + start, y: rect.y, width: max(0, width - 2), height: 1)
        .intersection(rect)
      let room = max(0, place.width - min(text.columns, place.width) - 1)
      screen.put(
        String(repeating: "─", count: room) + " " + text, in: place,
        style: Style(.title, on: .background), alignment: .trailing)
    }
    put("this clip", from: level, before - level)
    put(corpus.name, from: before, width)
    let end = before + width
    put("this clip", from: end, columns.reduce(0) { $0 + $1.width } - end)
  }

  private func inCorpus(_ level: LevelUsage) -> LevelUsage? {
    corpus?.usage.first { $0.level == level.level }
  }

  private static func usedOfCeiling(_ level: LevelUsage) -> String {
    "\(Numbers.grouped(level.used)) / \(Numbers.grouped(Int(level.ceiling.rounded())))"
  }

  private static func share(_ level: LevelUsage) -> String {
    Numbers.percent(level.ceiling > 0 ? Double(level.used) / level.ceiling : 0)
  }

  private func finding(_ level: LevelUsage) -> CodebookFindings.Level? {
    findings?.levels.first { $0.level == level.level }
  }

  private func corpusColumns(isNarrow: Bool, width: Int) -> [Column] {
    guard corpus != nil else { return [] }
    func text(_ level: LevelUsage, _ value: (LevelUsage) -> String) -> String {
      inCorpus(level).map(value) ?? "…"
    }
    let tokens = Column(head: "tokens", short: "tokens", width: 13, isCorpus: true) {
      text($0) { Numbers.grouped($0.tokens) }
    }
    let used = Column(
      head: "used / ceiling", short: "used", width: width < 120 ? 17 : 19, isCorpus: true
    ) { text($0, Self.usedOfCeiling) }
    let share = Column(head: "of ceiling", short: "share", width: 9, isCorpus: true) {
      text($0, Self.share)
    }
    return isNarrow ? [used] : [tokens, used, share]
  }

  /// As many columns as fit, the most telling first.
  private func columns(for width: Int) -> [Column] {
    let tokens = Column(head: "tokens", short: "tokens", width: width < 120 ? 10 : 12) {
      Numbers.grouped($0.tokens)
    }
    let isNarrow = width < 56
    let all: [Column] =
      [
        Column(head: "level", short: "lvl", width: isNarrow ? 5 : 7) { "\($0.level)" }
      ] + (isNarrow ? [] : [tokens]) + [
        Column(
          head: "used / ceiling", short: "used", width: width < 120 ? 16 : 19,
          value: Self.usedOfCeiling)
      ]
      + (isNarrow && corpus != nil
        ? []
        : [
          Column(
            head: "of ceiling", short: "share",
            width: isNarrow ? 9 : corpus != nil && width < 120 ? 9 : 12, value: Self.share)
        ]) + corpusColumns(isNarrow: isNarrow, width: width) + [
        Column(head: "perplexity", short: "perpl.", width: width < 120 ? 9 : 12) {
          Numbers.fixed($0.perplexity, 0)
        },
        Column(head: "joint entropy", short: "joint", width: width < 120 ? 11 : 15) {
          Numbers.fixed($0.jointEntropyBits, 2) + " bit"
        },
        Column(head: "bit entropy", short: "bit H", width: width < 120 ? 8 : 13) {
          Numbers.fixed($0.meanBitEntropy, 3)
        },
        Column(head: "dead bits", short: "dead", width: width < 120 ? 9 : 11) {
          $0.deadBits.isEmpty ? "none" : $0.deadBits.map(String.init).joined(separator: ",")
        },
        Column(head: "excess", short: "excess", width: 10) { level in
          finding(level)?.excessTotalCorrelation.map { Numbers.fixed($0, 2) + " bit" } ?? "–"
        },
        Column(head: "Zipf (uniform)", short: "Zipf", width: 17) { level in
          guard let found = finding(level), let slope = found.zipfSlope else { return "–" }
          let uniform = found.uniformZipfSlope.map { " (\(Numbers.fixed($0, 2)))" } ?? ""
          return Numbers.fixed(slope, 2) + uniform
        },
        Column(head: "most used code", short: "top", width: 18) {
          guard let top = $0.topCodes.first else { return "–" }
          let share = Double(top.count) / Double(max(1, $0.tokens))
          return Numbers.hexadecimal(top.code, bits: $0.bits) + " " + Numbers.percent(share)
        },
        Column(head: "strongest pair φ", short: "φ", width: 20) {
          guard let pair = $0.strongestPair else { return "–" }
          return "\(pair.first)·\(pair.second) " + Numbers.signed(pair.phi, 2)
        },
      ]
    var used = 0
    var kept = Array(
      all.prefix { column in
        used += column.width
        return used <= width + 2
      })
    // What is left of a wide window goes between the columns.
    let spare = width - kept.reduce(0) { $0 + $1.width }
    let extra = kept.count > 1 ? max(0, spare / (kept.count - 1)) : 0
    for index in kept.indices.dropFirst() { kept[index].width += min(extra, 8) }
    return kept
  }
}
