import TokenizerEngine

/// How each level uses the codebook: numbers with their ceilings, the sorted counts, where in the
/// book the codes lie, and what each bit does.
struct CodebookView {
  let model: AppModel
  let context: DrawingContext

  func draw(on screen: inout Screen, in rect: Rect) {
    guard let shown = model.codebook.shown else { return drawEmpty(on: &screen, in: rect) }
    let statistics = model.codebook.statistics
    let (about, numbers) = rect.splitTop(rect.height >= 10 ? 1 : 0)
    scope.draw(on: &screen, in: about)
    let tableRows = min(numbers.height, statistics.count + 1)
    let (table, rest) = numbers.splitTop(tableRows)
    LevelTable(
      statistics: statistics, findings: model.codebook.findings, focus: shown.level
    ).draw(on: &screen, in: table)
    let below = drawFindings(focus: shown.level, on: &screen, in: rest)
    guard below.height >= 4 else { return }
    let content = below.splitTop(below.height >= 16 ? 1 : 0).rest
    if content.width < 72 {
      // A chart of three rows says nothing; sixteen bits fit.
      let chartRows =
        content.height >= 12 ? content.height - 6 : content.height >= 6 ? content.height : 0
      let (upper, lower) = content.splitTop(chartRows)
      RankChart(statistics: statistics, focus: shown, context: context)
        .draw(on: &screen, in: upper)
      BitStrip(statistics: shown, symbols: context.symbols).draw(on: &screen, in: lower)
      return
    }
    let mapWidth = content.width >= 150 ? 66 : 34
    var (left, right) = content.splitRight(mapWidth)
    if content.width >= 150 {
      let (chart, top) = left.splitRight(30)
      TopCodes(statistics: shown).draw(on: &screen, in: top.splitRight(28).right)
      left = chart
    }
    let bitRows = content.height >= 44 ? content.height - 35 : max(4, content.height - 10)
    let (map, bits) = right.splitBottom(bitRows)
    RankChart(statistics: statistics, focus: shown, context: context)
      .draw(on: &screen, in: left.splitRight(1).rest)
    UsageMap(statistics: shown, context: context).draw(on: &screen, in: map)
    BitStrip(statistics: shown, symbols: context.symbols).draw(on: &screen, in: bits)
  }

  /// Alerts, and where there is room how the dear figures were found; returns what is left.
  private func drawFindings(focus: Int, on screen: inout Screen, in rect: Rect) -> Rect {
    guard let findings = model.codebook.findings, rect.height >= 13 else { return rect }
    var rest = rect
    if rect.height >= 20, rect.width >= 90 {
      let (line, below) = rest.splitTop(1)
      let sample = findings.sampledTokens.map { ", of \(Numbers.grouped($0)) tokens" } ?? ""
      screen.put(
        "excess: entropy of the bits shuffled one by one, less joint" + sample
          + (rect.width >= 130 ? " · Zipf: ln count over ln rank (of uniform draws)" : ""),
        in: line, style: Style(.secondary))
      rest = below
    }
    // The whole usage map needs the height that is left then.
    let most = rect.height >= 47 ? rect.height - 46 : rect.height >= 20 ? 2 : 1
    let rows = min(findings.alerts.count, most, 6)
    let (lines, below) = rest.splitTop(rows)
    AlertLines(alerts: findings.alerts, focus: focus).draw(on: &screen, in: lines)
    return below
  }

  /// Over what the numbers were counted.
  private var scope: InfoLine {
    guard let pyramid = model.tokens.pyramid, let summary = model.clip.summary else {
      return InfoLine(pieces: [])
    }
    let known = pyramid.levels.last.map { level in
      min(
        summary.frameCount,
        max(0, level.knownSteps * level.stride.t - (level.stride.t - 1)))
    }
    let isWhole = pyramid.isWhole
    let tokens = model.codebook.statistics.reduce(0) { $0 + $1.tokens }
    return InfoLine(pieces: [
      .init(text: "over \(summary.name)", rank: 1),
      .init(
        text: isWhole
          ? "all \(summary.frameCount) frames"
          : "\(known ?? 0) of \(summary.frameCount) frames so far", rank: 0,
        role: isWhole ? .text : .warning),
      .init(text: "\(Numbers.grouped(tokens)) tokens", rank: 2),
      .init(
        text: model.model.map { "model \($0.name) \($0.sha256.prefix(8))" } ?? "", rank: 3,
        role: .secondary),
      .init(
        text: model.model.map { "book of \(Numbers.grouped(1 << $0.bits)) codes" } ?? "", rank: 4,
        role: .secondary),
    ])
  }

  private func drawEmpty(on screen: inout Screen, in rect: Rect) {
    let text =
      model.modelFault != nil
      ? "No model, so no codebook: the line below says why."
      : "The codebook's usage appears when the first tokens are there …"
    screen.put(
      text, in: rect, row: rect.height / 2, style: Style(.secondary), alignment: .centre)
  }
}

/// The numbers of each level, coarse on top.
struct LevelTable {
  let statistics: [LevelUsage]
  let findings: CodebookFindings?
  let focus: Int

  private struct Column {
    var head: String
    var short: String
    var width: Int
    var value: (LevelUsage) -> String
  }

  func draw(on screen: inout Screen, in rect: Rect) {
    let columns = columns(for: rect.width)
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

  private func finding(_ level: LevelUsage) -> CodebookFindings.Level? {
    findings?.levels.first { $0.level == level.level }
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
        Column(head: "used / ceiling", short: "used", width: width < 120 ? 16 : 19) {
          "\(Numbers.grouped($0.used)) / \(Numbers.grouped(Int($0.ceiling.rounded())))"
        },
        Column(head: "of ceiling", short: "share", width: isNarrow ? 9 : 12) {
          Numbers.percent($0.ceiling > 0 ? Double($0.used) / $0.ceiling : 0)
        },
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
