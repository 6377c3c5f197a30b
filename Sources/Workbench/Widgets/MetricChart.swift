import Glibc

/// Metrics over steps: what was measured as a dim envelope, its moving average bright on top.
struct MetricChart {
  struct Line {
    var column: MetricColumn
    var color: Color
    /// Tells lines apart where colours do not.
    var marker: Unicode.Scalar
  }

  var lines: [Line]
  var range: ClosedRange<Int>
  /// What the average keeps of itself from step to step; 0 shows the values alone.
  var smoothing: Float
  var isLogarithmic = false
  var cursor: Int?
}

/// What falls on each column of dots.
struct MetricTrace {
  struct Column {
    var low = Float.infinity
    var high = -Float.infinity
    var first = Float.nan
    var last = Float.nan
    var average = Float.nan
    /// A value here is no number.
    var isBroken = false

    var isEmpty: Bool { low > high }
  }

  private(set) var columns: [Column]
  /// The values beside the range, to draw lines to: columns left of it or behind it.
  private(set) var before: (column: Int, value: Float)?
  private(set) var after: (column: Int, value: Float)?

  /// The average has no bias towards its beginning: it is divided by the weight it has seen.
  init(_ line: MetricChart.Line, _ chart: MetricChart, width: Int) {
    columns = Array(repeating: Column(), count: max(1, width))
    let column = line.column
    let first = column.count(before: chart.range.lowerBound)
    let end = column.count(before: chart.range.upperBound + 1)
    let scale = Double(columns.count - 1) / Double(max(1, chart.range.count - 1))
    let kept = chart.smoothing
    var (sum, weight) = (Float(0), Float(0))
    func beside(_ index: Int) -> (column: Int, value: Float)? {
      guard column.values.indices.contains(index), column.values[index].isFinite else { return nil }
      let offset = Double(Int(column.steps[index]) - chart.range.lowerBound)
      return (Int((offset * scale).rounded()), column.values[index])
    }
    before = beside(first - 1)
    after = beside(end)
    if !chart.isLogarithmic, end - first > Self.denseCount * columns.count {
      summarize(line.column, chart)
      return
    }
    // What lies further back counts for less than a thousandth.
    let start = max(0, first - chart.memory)
    for index in start..<max(start, end) {
      let value = column.values[index]
      let isUsable = value.isFinite && (!chart.isLogarithmic || value > 0)
      if isUsable {
        sum = kept * sum + (1 - kept) * value
        weight = kept * weight + (1 - kept)
      }
      guard index >= first else { continue }
      let offset = Double(Int(column.steps[index]) - chart.range.lowerBound)
      let place = min(Int(offset * scale), columns.count - 1)
      guard isUsable else {
        if !value.isFinite { columns[place].isBroken = true }
        continue
      }
      if columns[place].isEmpty { columns[place].first = value }
      columns[place].low = min(columns[place].low, value)
      columns[place].high = max(columns[place].high, value)
      columns[place].last = value
      columns[place].average = sum / weight
    }
  }

  /// Values on a column of dots from which on they are not looked at one by one.
  private static let denseCount = 64

  /// Of so many steps that a column shows their extremes, and the average where it ends.
  private mutating func summarize(_ column: MetricColumn, _ chart: MetricChart) {
    let scale = Double(max(1, chart.range.count - 1)) / Double(max(1, columns.count - 1))
    var start = column.count(before: chart.range.lowerBound)
    for place in columns.indices {
      let next = chart.range.lowerBound + Int((Double(place + 1) * scale).rounded(.up))
      let end = column.count(before: min(next, chart.range.upperBound + 1))
      defer { start = max(start, end) }
      guard end > start else { continue }
      let summary = column.summary(of: start..<end)
      columns[place].isBroken = summary.isBroken
      guard summary.count > 0 else { continue }
      columns[place].low = summary.low
      columns[place].high = summary.high
      columns[place].first = column.values[start..<end].first(where: \.isFinite) ?? summary.low
      columns[place].last = column.values[start..<end].last(where: \.isFinite) ?? summary.low
      columns[place].average = Self.average(
        column.values[max(0, end - chart.memory)..<end], kept: chart.smoothing)
    }
  }

  private static func average(_ values: ArraySlice<Float>, kept: Float) -> Float {
    var (sum, weight) = (Float(0), Float(0))
    for value in values where value.isFinite {
      sum = kept * sum + (1 - kept) * value
      weight = kept * weight + (1 - kept)
    }
    return sum / weight
  }

  /// What the axis must hold: all averages, and the values but for the outermost fiftieth.
  var extent: ClosedRange<Double>? {
    let filled = columns.filter { !$0.isEmpty }
    guard !filled.isEmpty else { return nil }
    let (lows, highs) = (filled.map(\.low).sorted(), filled.map(\.high).sorted())
    let spare = filled.count / 50
    let averages = filled.map(\.average)
    let low = min(lows[spare], averages.min() ?? lows[spare])
    let high = max(highs[filled.count - 1 - spare], averages.max() ?? highs[spare])
    return Double(low)...Double(max(low, high))
  }
}

extension Screen {
  /// Draws a chart with labelled axes; in very little room only its lines.
  mutating func draw(_ chart: MetricChart, in rect: Rect, context: DrawingContext) {
    let style = Style(.role(.secondary), on: self[rect.x, rect.y].style.background)
    guard !rect.isEmpty else { return }
    let plot = MetricChart.plot(in: rect)
    let hasLabels = plot.x > rect.x
    let canvas = DotCanvas(size: plot.size, symbols: context.symbols)
    let traces = chart.lines.map { MetricTrace($0, chart, width: canvas.width) }
    let extents = traces.compactMap(\.extent)
    guard let low = extents.map(\.lowerBound).min(), let high = extents.map(\.upperBound).max()
    else {
      put("no data here", in: rect, row: rect.height / 2, style: style, alignment: .centre)
      return
    }
    let axis = MetricAxis(low: low, high: high, isLogarithmic: chart.isLogarithmic)
    if hasLabels {
      draw(axis, in: plot, labels: rect.x, style: style)
      drawSteps(chart, in: plot, row: rect.maxY - 1, style: style)
    }
    if let cursor = chart.cursor, chart.range.contains(cursor) {
      verticalLine(
        x: chart.cell(of: cursor, in: plot), y: plot.y, length: plot.height,
        style: Style(.role(.playhead), on: style.background))
    }
    drawEnvelopes(traces, chart, axis, in: plot, context: context)
    drawAverages(traces, chart, axis, in: plot, context: context)
    markBroken(traces, in: plot, style: style)
  }

  /// Behind one line only: several would cover each other.
  private mutating func drawEnvelopes(
    _ traces: [MetricTrace], _ chart: MetricChart, _ axis: MetricAxis, in plot: Rect,
    context: DrawingContext
  ) {
    guard traces.count == 1, chart.smoothing > 0 else { return }
    var canvas = DotCanvas(size: plot.size, symbols: context.symbols)
    var before: Float?
    for (x, column) in traces[0].columns.enumerated() where !column.isEmpty {
      let low = min(column.low, before ?? column.low)
      let high = max(column.high, before ?? column.high)
      let top = axis.dot(high, of: canvas.height)
      let bottom = axis.dot(low, of: canvas.height)
      for y in top...max(top, bottom)
      where !context.isMonochrome || context.symbols == .ascii || (x + y).isMultiple(of: 2) {
        canvas.set(x: x, y: y, color: .role(.border))
      }
      before = column.last
    }
    draw(canvas, x: plot.x, y: plot.y, marker: ".")
  }

  private mutating func drawAverages(
    _ traces: [MetricTrace], _ chart: MetricChart, _ axis: MetricAxis, in plot: Rect,
    context: DrawingContext
  ) {
    for (trace, line) in zip(traces, chart.lines) {
      var canvas = DotCanvas(size: plot.size, symbols: context.symbols)
      // Sparse values are joined to those beside the range.
      let (left, right) = chart.smoothing == 0 ? (trace.before, trace.after) : (nil, nil)
      var before = left.map { (x: $0.column, y: axis.dot($0.value, of: canvas.height)) }
      var last = (x: 0, y: 0)
      for (x, column) in trace.columns.enumerated() {
        if column.isBroken { before = nil }
        guard !column.isEmpty else { continue }
        let isRaw = chart.smoothing == 0
        let entry = (x, axis.dot(isRaw ? column.first : column.average, of: canvas.height))
        canvas.line(from: before ?? entry, to: entry, color: line.color)
        if isRaw {
          canvas.line(
            from: (x, axis.dot(column.high, of: canvas.height)),
            to: (x, axis.dot(column.low, of: canvas.height)), color: line.color)
        }
        last = (x, axis.dot(isRaw ? column.last : column.average, of: canvas.height))
        before = last
      }
      if let right, let before {
        canvas.line(
          from: before, to: (right.column, axis.dot(right.value, of: canvas.height)),
          color: line.color)
      }
      draw(canvas, x: plot.x, y: plot.y, marker: line.marker)
      guard chart.lines.count > 1, let before, before.x >= 0 else { continue }
      let cell = (
        plot.x + before.x * plot.width / canvas.width,
        plot.y + before.y * plot.height / canvas.height
      )
      put(String(line.marker), x: cell.0, y: cell.1, foreground: line.color, .bold)
    }
  }

  private mutating func markBroken(_ traces: [MetricTrace], in plot: Rect, style: Style) {
    for trace in traces {
      for (x, column) in trace.columns.enumerated() where column.isBroken {
        put(
          "×", x: plot.x + x * plot.width / trace.columns.count, y: plot.maxY - 1,
          style: Style(.role(.error), on: style.background, .bold))
      }
    }
  }

  private mutating func draw(_ axis: MetricAxis, in plot: Rect, labels: Int, style: Style) {
    let ticks = axis.ticks(max(2, plot.height / 2))
    var free = plot.maxY
    for (value, label) in zip(ticks.values, ticks.labels) {
      let row = plot.y + axis.dot(Float(value), of: plot.height)
      guard axis.holds(value), row < free else { continue }
      free = row
      let text = label.clipped(to: 6)
      put(text, x: labels + 6 - text.columns, y: row, style: style)
      horizontalLine(
        x: plot.x, y: row, length: plot.width, style: Style(.role(.grid), on: style.background),
        scalar: "┈")
    }
  }

  /// Round steps, with both ends where there is room.
  private mutating func drawSteps(
    _ chart: MetricChart, in plot: Rect, row: Int, style: Style
  ) {
    guard row >= plot.maxY else { return }
    let range = Double(chart.range.lowerBound)...Double(chart.range.upperBound)
    let last = NumberText.compact(range.upperBound)
    let end = plot.maxX - last.columns
    put(last, x: end, y: row, style: style)
    let first = NumberText.compact(range.lowerBound)
    var free = plot.x + put(first, x: plot.x, y: row, style: style) + 2
    for value in Ticks.linear(range, count: max(2, plot.width / 12)).values {
      let label = NumberText.compact(value)
      let x = max(plot.x, chart.cell(of: Int(value), in: plot) - label.columns / 2)
      guard x >= free, x + label.columns < end else { continue }
      free = x + put(label, x: x, y: row, style: style) + 2
    }
  }
}

extension MetricChart {
  /// Steps after which a value counts for less than a thousandth in the average.
  var memory: Int { max(1, Int(7 / max(0.005, 1 - smoothing))) }

  /// What the labels leave.
  static func plot(in rect: Rect) -> Rect {
    let hasLabels = rect.width >= 20 && rect.height >= 3
    let width = hasLabels ? 7 : 0
    return Rect(
      x: rect.x + width, y: rect.y, width: rect.width - width,
      height: rect.height - (hasLabels && rect.height >= 4 ? 1 : 0))
  }

  /// The column of cells that a step falls into.
  func cell(of step: Int, in plot: Rect) -> Int {
    let share = Double(step - range.lowerBound) / Double(max(1, range.count - 1))
    return plot.x + min(plot.width - 1, max(0, Int(share * Double(plot.width - 1))))
  }
}

/// The axis of values, with a little air; dots count from the top.
private struct MetricAxis {
  let range: ClosedRange<Double>
  let isLogarithmic: Bool

  init(low: Double, high: Double, isLogarithmic: Bool) {
    self.isLogarithmic = isLogarithmic
    if isLogarithmic {
      range = high > low ? low...high : low / 2...low * 2
    } else if high > low {
      range = low...high
    } else {
      let air = max(abs(low) * 0.1, 1e-9)
      range = low - air...low + air
    }
  }

  func holds(_ value: Double) -> Bool { range.contains(value) }

  /// What lies outside is drawn at the edge.
  func dot(_ value: Float, of count: Int) -> Int {
    let value = Double(value)
    let share =
      isLogarithmic
      ? log(value / range.lowerBound) / log(range.upperBound / range.lowerBound)
      : (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    guard share.isFinite else { return count - 1 }
    return count - 1 - min(count - 1, max(0, Int((share * Double(count - 1)).rounded())))
  }

  func ticks(_ count: Int) -> Ticks {
    isLogarithmic ? .logarithmic(range, count: count) : .linear(range, count: count)
  }
}
