import TokenizerEngine

/// All of the codebook at once: numbers with their ceilings, alerts, the sorted counts, where in the
/// book the codes lie, and what each bit does.
struct CodebookOverview {
  let model: AppModel
  let context: DrawingContext
  let shown: LevelUsage

  func draw(on screen: inout Screen, in numbers: Rect) {
    let statistics = model.codebook.statistics
    let corpus = model.corpus.map { corpus in
      (
        name: "\(Numbers.grouped(corpus.clips)) clips of \(corpus.name)",
        usage: model.index?.usage ?? []
      )
    }
    let tableRows = min(numbers.height, statistics.count + (corpus == nil ? 1 : 2))
    let (table, rest) = numbers.splitTop(tableRows)
    LevelTable(
      statistics: statistics, findings: model.codebook.findings, focus: shown.level,
      corpus: corpus
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
}
