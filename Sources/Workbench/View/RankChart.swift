import TokenizerEngine

/// The sorted counts of every level on logarithmic axes, with what uniform use would give.
struct RankChart {
  let statistics: [LevelUsage]
  let focus: LevelUsage
  let context: DrawingContext

  func draw(on screen: inout Screen, in rect: Rect) {
    guard rect.height >= 4, rect.width >= 16 else { return }
    let (title, below) = rect.splitTop(1)
    screen.put(
      "count of each code by its rank", in: title,
      style: Style(.title, on: .background, .bold))
    let others = statistics.reversed().filter { $0.level != focus.level }
    var chart = LineChart(series: [uniform] + others.map(series) + [series(of: focus)])
    chart.xScale = .logarithmic
    chart.yScale = .logarithmic
    let ranks = max(10, statistics.map { max(Double($0.used), $0.ceiling) }.max() ?? 10)
    chart.xRange = 1...ranks
    chart.yRange =
      1...Double(max(10, statistics.compactMap { $0.topCodes.first?.count }.max() ?? 10))
    chart.xTitle = "rank"
    screen.draw(chart, in: below, context: context)
    drawLegend(on: &screen, in: below)
  }

  private func series(of level: LevelUsage) -> LineChart.Series {
    LineChart.Series(
      "L\(level.level)", color: .role(.level(level.level)),
      points: level.rankFrequency.map { (Double($0.rank), Double($0.count)) })
  }

  /// Every code of the ceiling equally often: what a healthy random book shows.
  private var uniform: LineChart.Series {
    let height = max(1, Double(focus.tokens) / max(1, focus.ceiling))
    return LineChart.Series(
      "uniform", color: .role(.secondary),
      points: [(1, height), (focus.ceiling, height), (focus.ceiling, 1)])
  }

  private func drawLegend(on screen: inout Screen, in rect: Rect) {
    guard rect.width >= 50, rect.height >= 9 else { return }
    var rows: [(String, Style)] = statistics.reversed().map { level in
      let isFocused = level.level == focus.level
      return (
        "L\(level.level) \(Numbers.grouped(level.used)) codes",
        Style(.level(level.level), on: .background, isFocused ? .bold : [])
      )
    }
    rows.append(("uniform use, L\(focus.level)", Style(.secondary)))
    let width = rows.map(\.0.columns).max() ?? 0
    for (row, entry) in rows.enumerated() {
      screen.put(
        entry.0.padded(to: width), x: rect.maxX - width, y: rect.y + row, style: entry.1)
    }
  }
}
