import TokenizerEngine

/// As many charts as fit, with one cursor over all of them.
struct TrainChartsView {
  let train: TrainModel
  let context: DrawingContext
  let isFocused: Bool

  func draw(on screen: inout Screen, in rect: Rect) {
    let charts = TrainChart.all(train)
    guard !charts.isEmpty else {
      screen.put(
        "no step is done yet", in: rect, row: rect.height / 2, style: Style(.secondary),
        alignment: .centre)
      return
    }
    for (index, place) in TrainChartGrid(train: train, charts: charts.count, in: rect).places {
      draw(charts[index], isChosen: isFocused && index == focus(charts), on: &screen, in: place)
    }
  }

  private func focus(_ charts: [TrainChart]) -> Int { min(train.charts.focus, charts.count - 1) }

  private func draw(
    _ chart: TrainChart, isChosen: Bool, on screen: inout Screen, in rect: Rect
  ) {
    let (title, below) = rect.splitTop(1)
    drawTitle(chart, isChosen: isChosen, on: &screen, in: title)
    let lines = lines(of: chart)
    var drawn = MetricChart(
      lines: lines, range: train.visible,
      smoothing: chart.metrics == [.validationPSNR] || chart.metrics == [.validationLoss]
        || chart.metrics == [.learningRate] ? 0 : train.charts.smoothing)
    drawn.isLogarithmic = train.charts.logarithmic.contains(chart.title)
    drawn.cursor = train.charts.cursor.map { _ in train.cursor }
    screen.draw(drawn, in: below, context: context)
  }

  /// Levels of the watched run, or one number of every run.
  private func lines(of chart: TrainChart) -> [MetricChart.Line] {
    if chart.isByLevel {
      return chart.metrics.compactMap { metric in
        guard case .level(let level, _) = metric, let column = train.watched?.history[metric]
        else { return nil }
        return MetricChart.Line(
          column: column, color: .role(.level(level)),
          marker: Unicode.Scalar(UInt8(48 + level % 10)))
      }
    }
    return train.runs.enumerated().reversed().compactMap { index, run in
      guard let metric = chart.metrics.first, let column = run.history[metric] else { return nil }
      return MetricChart.Line(
        column: column, color: .role(.series(index)), marker: TrainMarker.of(index))
    }
  }

  private func drawTitle(
    _ chart: TrainChart, isChosen: Bool, on screen: inout Screen, in rect: Rect
  ) {
    var x = rect.x
    let isPinned = train.charts.pins.contains(chart.title)
    let mark = (isChosen ? "▸" : " ") + (isPinned ? "◆" : "")
    x += screen.put(
      mark + chart.title, x: x, y: rect.y,
      style: Style(isChosen ? .accent : .title, on: .background, .bold), limit: rect.width)
    if train.charts.logarithmic.contains(chart.title) {
      x += screen.put(
        " log", x: x, y: rect.y, style: Style(.secondary), limit: max(0, rect.maxX - x))
    }
    for (text, style) in readOut(of: chart) where x + text.columns + 1 < rect.maxX {
      x += 1 + screen.put(text, x: x + 1, y: rect.y, style: style)
    }
  }

  /// Values at the cursor, the most telling first.
  private func readOut(of chart: TrainChart) -> [(String, Style)] {
    var texts: [(String, Style)] = []
    if chart.isByLevel {
      for metric in chart.metrics {
        guard case .level(let level, _) = metric,
          let found = train.watched?.history[metric]?.value(at: train.cursor)
        else { continue }
        texts.append(
          ("L\(level) \(NumberText.compact(found.value))", Style(.level(level))))
      }
      return texts
    }
    guard let metric = chart.metrics.first else { return [] }
    for (index, run) in train.runs.enumerated() {
      guard let found = run.history[metric]?.value(at: train.cursor) else { continue }
      let glyph = train.runs.count > 1 ? String(TrainMarker.of(index)) : ""
      // A run that ended before the cursor says where.
      let place = run.history.lastStep < train.cursor ? "@\(found.step)" : ""
      texts.append(
        (
          glyph + NumberText.compact(found.value) + place,
          Style(.series(index), on: .background, index == 0 ? .bold : [])
        ))
    }
    if let best = best(of: metric, chart.aim) {
      texts.append(("· best \(NumberText.compact(best.value)) @\(best.step)", Style(.secondary)))
    }
    return texts
  }

  /// Of the watched run.
  private func best(of metric: TrainMetric, _ aim: TrainChart.Aim) -> (step: Int, value: Double)? {
    guard aim != .none, let column = train.watched?.history[metric] else { return nil }
    return column.best(isLow: aim == .low)
  }
}

/// Tells runs apart where colours do not.
enum TrainMarker {
  static func of(_ index: Int) -> Unicode.Scalar {
    let all: [Unicode.Scalar] = ["●", "▲", "■", "◆", "▼", "○"]
    return all[index % all.count]
  }
}

/// Which charts are shown, and where; the focused one always is.
struct TrainChartGrid {
  let places: [(index: Int, rect: Rect)]

  private static let width = 36
  private static let height = 7

  init(train: TrainModel, charts: Int, in rect: Rect) {
    let focus = min(train.charts.focus, max(0, charts - 1))
    guard !train.charts.isAlone else {
      places = [(focus, rect)]
      return
    }
    let columns = min(charts, max(1, min(4, rect.width / Self.width)))
    let most = max(1, rect.height / Self.height)
    let rows = max(1, min(most, (charts + columns - 1) / columns))
    let first = max(0, focus / columns - rows + 1) * columns
    let cells = rect.rows(weights: Array(repeating: 1, count: rows))
      .flatMap { $0.columns(weights: Array(repeating: 1, count: columns), gap: 1) }
    places = zip(first..<charts, cells).map { ($0, $1) }
  }
}
