import TokenizerEngine

/// What each level of the pyramid does over time: strips for its numbers, bands for its values.
struct TrainLevelsView {
  let run: WatchedRun
  let train: TrainModel
  let context: DrawingContext
  let isFocused: Bool

  private var levels: [Int] { Array((1...max(1, run.history.levels)).reversed()) }

  func draw(on screen: inout Screen, in rect: Rect) {
    let below = TrainHeading.draw(
      "levels over time", isFocused: isFocused, on: &screen, in: rect)
    guard run.history.levels > 0, !below.isEmpty else { return }
    let block = run.history.levels + 1
    let columns = below.width >= 100 ? 2 : 1
    let hasBands = !run.bands.isEmpty
    let all = run.history.levelMetrics
    let wanted = (all.count + columns - 1) / columns
    let fitting = max(1, min(wanted, (below.height - (hasBands ? 6 : 0)) / block))
    let (strips, rest) = below.splitTop(min(below.height, fitting * block))
    let metrics = Array(all.prefix(fitting * columns))
    for (row, place) in strips.rows(weights: Array(repeating: 1, count: fitting)).enumerated() {
      let parts = place.columns(weights: Array(repeating: 1, count: columns), gap: 2)
      for (column, part) in parts.enumerated() where row * columns + column < metrics.count {
        drawStrips(metrics[row * columns + column], on: &screen, in: part)
      }
    }
    if hasBands, rest.height >= 4 {
      TrainBandsView(run: run, train: train, context: context).draw(on: &screen, in: rest)
    }
  }

  private func drawStrips(
    _ metric: TrainLevelMetric, on screen: inout Screen, in rect: Rect
  ) {
    let (title, below) = rect.splitTop(rect.height > levels.count ? 1 : 0)
    screen.put(" " + metric.title, in: title, style: Style(.secondary))
    let values = levels.compactMap { run.history[.level($0, metric)] }
    let top = values.flatMap { $0.values.suffix(4_096) }.filter(\.isFinite).max() ?? 1
    let range = metric.range ?? 0...max(Double(top), 1e-9)
    let width = below.width - 10
    for (row, level) in levels.prefix(below.height).enumerated() {
      let y = below.y + row
      screen.put("L\(level)", x: below.x + 1, y: y, style: Style(.level(level)))
      guard let column = run.history[.level(level, metric)] else { continue }
      if width > 0 {
        screen.sparkline(
          MetricStrip.means(column, over: train.visible, columns: width), x: below.x + 4, y: y,
          width: width, style: Style(.level(level)), range: range, context: context)
      }
      let text = column.value(at: train.cursor).map { NumberText.compact($0.value) } ?? "–"
      screen.put(
        text, in: Rect(x: below.maxX - 6, y: y, width: 6, height: 1), style: Style(.text),
        alignment: .trailing)
    }
  }
}

/// A metric in as many numbers as there are columns.
enum MetricStrip {
  /// The mean of each column's steps; where none falls the one before stays.
  static func means(
    _ column: MetricColumn, over range: ClosedRange<Int>, columns: Int
  ) -> [Double] {
    var sums = [Double](repeating: 0, count: max(1, columns))
    var counts = [Int](repeating: 0, count: sums.count)
    var start = column.count(before: range.lowerBound)
    for place in sums.indices {
      let next = range.lowerBound + ((place + 1) * range.count + sums.count - 1) / sums.count
      let end = max(start, column.count(before: min(next, range.upperBound + 1)))
      let summary = column.summary(of: start..<end)
      sums[place] = summary.sum
      counts[place] = summary.count
      start = end
    }
    var last = Double.nan
    var means = zip(sums, counts).map { sum, count in
      if count > 0 { last = sum / Double(count) }
      return last
    }
    // What is not measured yet stays empty.
    if let end = counts.lastIndex(where: { $0 > 0 }), end + 1 < means.count {
      let reach = max(1, sums.count / max(1, range.count))
      for place in min(means.count, end + reach)..<means.count { means[place] = .nan }
    }
    return means
  }
}

/// Percentiles of z over the steps, the widest pair faint and the median bright.
struct TrainBandsView {
  let run: WatchedRun
  let train: TrainModel
  let context: DrawingContext

  func draw(on screen: inout Screen, in rect: Rect) {
    let level = min(train.level, max(1, run.history.levels))
    let (title, below) = rect.splitTop(1)
    let known = run.bands.filter { $0.level == level && train.visible.contains($0.step) }
    screen.put(
      title.width >= 56
        ? " z of L\(level): percentiles 0, 7, 16, 31, 50, 69, 84, 93, 100"
        : " z of L\(level): percentiles", in: title,
      style: Style(.secondary))
    guard !known.isEmpty, below.width > 12 else { return }
    let outer = known.flatMap { [$0.values[1], $0.values[7]] }.filter(\.isFinite)
    guard let low = outer.min(), let high = outer.max(), high > low else { return }
    let plot = Rect(
      x: below.x + 7, y: below.y, width: below.width - 7, height: below.height)
    for (row, value) in [(plot.y, high), (plot.maxY - 1, low)] {
      let text = NumberText.compact(value)
      screen.put(text, x: plot.x - 1 - text.columns, y: row, style: Style(.secondary))
    }
    for column in 0..<plot.width {
      let step = train.visible.lowerBound + column * train.visible.count / plot.width
      guard let band = known.last(where: { $0.step <= max(step, known[0].step) }) else { continue }
      draw(band, level: level, range: low...high, x: plot.x + column, on: &screen, in: plot)
    }
  }

  private func draw(
    _ band: RunBands, level: Int, range: ClosedRange<Double>, x: Int, on screen: inout Screen,
    in plot: Rect
  ) {
    func row(_ share: Int) -> Int {
      let place = (band.values[share] - range.lowerBound) / (range.upperBound - range.lowerBound)
      guard place.isFinite else { return plot.y }
      let rows = Int((min(max(0, place), 1) * Double(plot.height - 1)).rounded())
      return plot.maxY - 1 - rows
    }
    for (pair, glyph) in [(1, "░"), (2, "▒"), (3, "▓")] {
      for y in row(8 - pair)...max(row(8 - pair), row(pair)) {
        screen.put(glyph, x: x, y: y, style: Style(.level(level)))
      }
    }
    screen.put("━", x: x, y: row(4), style: Style(.text, on: .background, .bold))
  }
}
