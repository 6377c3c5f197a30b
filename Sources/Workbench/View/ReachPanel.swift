import TokenizerEngine

/// The values before the sign: how they are spread, and how many an entropy term still moves.
struct ReachPanel {
  let model: AppModel
  let shown: LevelUsage
  let context: DrawingContext

  private static let slopes: [Double] = [4, 6, 10, 40, 100, 400]

  func draw(on screen: inout Screen, in rect: Rect) {
    let levels = (model.codebook.findings?.levels ?? []).filter { $0.margins != nil }
    guard !levels.isEmpty, rect.height >= 4 else {
      screen.put(
        "No values before the sign are kept for this clip; t tokenizes from here on.", in: rect,
        row: rect.height / 2, style: Style(.secondary), alignment: .centre)
      return
    }
    let tableRows = levels.count + 3
    let (chart, table) = rect.splitBottom(min(tableRows, rect.height / 2))
    drawHistogram(levels, on: &screen, in: chart)
    drawTable(levels, on: &screen, in: table)
  }

  private func drawHistogram(
    _ levels: [CodebookFindings.Level], on screen: inout Screen, in rect: Rect
  ) {
    guard rect.height >= 4 else { return }
    let (title, below) = rect.splitTop(1)
    screen.put(
      "|z| before the sign, share of values; 1 is the root mean square of a token", in: title,
      style: Style(.title, on: .background, .bold))
    let step = MarginStatistics.limit / Double(MarginStatistics.parts)
    var series: [LineChart.Series] = []
    for level in levels.reversed().filter({ $0.level != shown.level })
      + levels.filter({ $0.level == shown.level })
    {
      guard let margins = level.margins else { continue }
      let all = Double(max(1, margins.histogram.reduce(0, +)))
      series.append(
        LineChart.Series(
          "L\(level.level)", color: .role(.level(level.level)),
          points: margins.histogram.enumerated().map {
            ((Double($0) + 0.5) * step, Double($1) / all)
          }))
    }
    var chart = LineChart(series: series)
    chart.xTitle = "|z|"
    chart.xRange = 0...MarginStatistics.limit
    screen.draw(chart, in: below, context: context)
  }

  private func drawTable(
    _ levels: [CodebookFindings.Level], on screen: inout Screen, in rect: Rect
  ) {
    guard rect.height >= 3 else { return }
    let (line, below) = rect.splitTop(1)
    screen.put(
      "share of |z| within 5.986/k: there an entropy term of slope k still moves a bit", in: line,
      style: Style(.secondary))
    let slopes = Self.slopes.prefix(max(1, (below.width - 16) / 9))
    let rows = levels.reversed().compactMap { level -> Table.Row? in
      guard let margins = level.margins else { return nil }
      let isFocused = level.level == shown.level
      return Table.Row(
        [(isFocused ? "▸" : " ") + "L\(level.level)", Numbers.grouped(margins.tokens)]
          + slopes.map { Numbers.percent(margins.shareInReach(slope: $0)) },
        style: Style(.level(level.level), on: .background, isFocused ? .bold : []))
    }
    let columns =
      [Table.Column("", width: 4), .init("tokens", width: 8, alignment: .trailing)]
      + slopes.map { .init("k = \(Int($0))", width: 8, alignment: .trailing) }
    screen.draw(Table(columns: columns, rows: rows), in: below)
  }
}
