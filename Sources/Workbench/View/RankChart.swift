import Glibc
import TokenizerEngine

/// The sorted counts of every level on logarithmic axes, with what uniform use would give.
struct RankChart {
  let statistics: [LevelStatistics]
  let focus: LevelStatistics
  let symbols: SymbolSet

  func draw(on screen: inout Screen, in rect: Rect) {
    guard rect.height >= 4, rect.width >= 16 else { return }
    let (title, below) = rect.splitTop(1)
    screen.put(
      "count of each code by rank, both logarithmic", in: title,
      style: Style(.title, on: .background, .bold))
    let plot = Rect(
      x: below.x + 6, y: below.y, width: below.width - 6, height: below.height - 1)
    let highestRank = max(10, statistics.map(\.used).max() ?? 1)
    let highestCount = max(10, statistics.compactMap { $0.topCodes.first?.count }.max() ?? 1)
    let rankDecades = Decades(upTo: highestRank)
    let countDecades = Decades(upTo: highestCount)
    drawAxes(on: &screen, plot: plot, ranks: rankDecades, counts: countDecades)

    var canvas = PlotDots(width: plot.width, height: plot.height, symbols: symbols)
    drawUniform(on: &canvas, ranks: rankDecades, counts: countDecades)
    canvas.flush(on: &screen, at: plot, style: Style(.secondary))
    for level in statistics.reversed() where level.level != focus.level {
      draw(level, on: &screen, plot: plot, ranks: rankDecades, counts: countDecades)
    }
    draw(focus, on: &screen, plot: plot, ranks: rankDecades, counts: countDecades)
    drawLegend(on: &screen, plot: plot)
  }

  private func draw(
    _ level: LevelStatistics, on screen: inout Screen, plot: Rect, ranks: Decades, counts: Decades
  ) {
    var canvas = PlotDots(width: plot.width, height: plot.height, symbols: symbols)
    var last: (x: Double, y: Double)?
    for point in level.rankFrequency {
      let x = ranks.place(Double(point.rank))
      let y = counts.place(Double(point.count))
      if let last { canvas.line(from: last, to: (x, y)) } else { canvas.dot(x, y) }
      last = (x, y)
    }
    canvas.flush(
      on: &screen, at: plot,
      style: Style(.level(level.level), on: .background, level.level == focus.level ? .bold : []))
  }

  /// Every code of the ceiling equally often: the level line that a healthy random book shows.
  private func drawUniform(on canvas: inout PlotDots, ranks: Decades, counts: Decades) {
    guard focus.ceiling >= 1 else { return }
    let y = counts.place(max(1, Double(focus.tokens) / focus.ceiling))
    let end = ranks.place(focus.ceiling)
    canvas.line(from: (0, y), to: (min(1, end), y), every: 3)
    if end < 1 { canvas.line(from: (end, y), to: (end, 0), every: 3) }
  }

  private func drawAxes(on screen: inout Screen, plot: Rect, ranks: Decades, counts: Decades) {
    for (value, label) in counts.labels {
      let y = plot.maxY - 1 - Int((value * Double(plot.height - 1)).rounded())
      screen.put(
        label, in: Rect(x: plot.x - 6, y: y, width: 5, height: 1), style: Style(.secondary),
        alignment: .trailing)
      screen.horizontalLine(
        x: plot.x, y: y, length: plot.width, style: Style(.grid), scalar: "┈")
    }
    var free = plot.x - 1
    for (value, label) in ranks.labels {
      let x = min(
        plot.maxX - label.columns,
        plot.x + Int((value * Double(plot.width - 1)).rounded()) - label.columns / 2)
      guard x > free else { continue }
      screen.put(label, x: x, y: plot.maxY, style: Style(.secondary))
      free = x + label.columns
    }
  }

  private func drawLegend(on screen: inout Screen, plot: Rect) {
    var rows: [(String, Style)] = statistics.reversed().map { level in
      (
        "L\(level.level) \(Numbers.grouped(level.used)) codes",
        Style(
          .level(level.level), on: .background, level.level == focus.level ? .bold : [])
      )
    }
    rows.append(("┈ uniform, L\(focus.level)", Style(.secondary)))
    guard plot.width >= 44, plot.height >= 8 else { return }
    let width = rows.map(\.0.columns).max() ?? 0
    for (row, entry) in rows.enumerated() {
      screen.put(entry.0.padded(to: width), x: plot.maxX - width, y: plot.y + row, style: entry.1)
    }
  }
}

/// A logarithmic axis from 1 to the decade that holds a value.
struct Decades {
  let count: Int

  init(upTo value: Int) {
    var decades = 1
    var reach = 10
    while reach < value {
      reach *= 10
      decades += 1
    }
    count = decades
  }

  /// Between 0 and 1.
  func place(_ value: Double) -> Double { decimalLogarithm(max(1, value)) / Double(count) }

  /// The decades: 1, 10, 100, 1k and so on.
  var labels: [(Double, String)] {
    (0...count).map { decade in
      let names = ["1", "10", "100", "1k", "10k", "100k", "1M", "10M", "100M", "1G"]
      return (Double(decade) / Double(count), names[min(decade, names.count - 1)])
    }
  }

  private func decimalLogarithm(_ value: Double) -> Double { log10(value) }
}
