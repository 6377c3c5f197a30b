import Glibc

/// Lines over two axes, each linear or logarithmic, with ticks at round numbers.
package struct LineChart: Sendable {
  package struct Series: Sendable {
    package var name: String
    package var color: Color
    /// In the order of x; what is not finite (or not positive on a log axis) is a gap.
    package var points: [(x: Double, y: Double)]

    package init(_ name: String, color: Color, points: [(x: Double, y: Double)]) {
      self.name = name
      self.color = color
      self.points = points
    }
  }

  package enum Scale: Hashable, Sendable {
    case linear
    case logarithmic
  }

  package var series: [Series]
  package var xScale = Scale.linear
  package var yScale = Scale.linear
  /// What the axes must show at least; nil goes by the points.
  package var xRange: ClosedRange<Double>?
  package var yRange: ClosedRange<Double>?
  package var xTitle = ""
  /// A vertical line at this x.
  package var cursor: Double?

  package init(series: [Series]) { self.series = series }
}

/// One axis: values to dots and back.
private struct Axis {
  let scale: LineChart.Scale
  let range: ClosedRange<Double>
  let dots: Int

  /// Nil if there is nothing to show.
  init?(
    _ scale: LineChart.Scale, values: [Double], fixed: ClosedRange<Double>?, dots: Int
  ) {
    let usable = values.filter { $0.isFinite && (scale == .linear || $0 > 0) }
    guard let low = fixed?.lowerBound ?? usable.min(), let high = fixed?.upperBound ?? usable.max()
    else { return nil }
    self.scale = scale
    self.dots = max(1, dots)
    if high > low {
      range = low...high
    } else if scale == .linear {
      let margin = max(abs(low) * 0.1, 0.5)
      range = low - margin...low + margin
    } else {
      range = low / 2...low * 2
    }
  }

  /// The dot of a value, 0 at the lower end; nil for a gap.
  func dot(_ value: Double) -> Int? {
    guard value.isFinite, scale == .linear || value > 0 else { return nil }
    let share =
      scale == .linear
      ? (value - range.lowerBound) / (range.upperBound - range.lowerBound)
      : log(value / range.lowerBound) / log(range.upperBound / range.lowerBound)
    guard share > -4, share < 5 else { return nil }
    return Int((share * Double(dots - 1)).rounded())
  }

  func ticks(_ count: Int) -> Ticks {
    scale == .linear
      ? .linear(range, count: count) : .logarithmic(range, count: count)
  }
}

extension Screen {
  /// Draws a chart; in very little room only its lines.
  package mutating func draw(_ chart: LineChart, in rect: Rect, context: DrawingContext) {
    let points = chart.series.flatMap(\.points)
    let hasAxes = rect.width >= 16 && rect.height >= 4
    let style = Style(.role(.secondary), on: self[rect.x, rect.y].style.background)
    guard !rect.isEmpty,
      let vertical = Axis(
        chart.yScale, values: points.map(\.y), fixed: chart.yRange, dots: rect.height)
    else {
      put("no data yet", in: rect, row: rect.height / 2, style: style, alignment: .centre)
      return
    }
    let yTicks = vertical.ticks(max(2, rect.height / 3))
    let labelWidth = hasAxes ? (yTicks.labels.map(\.columns).max() ?? 0) + 1 : 0
    let plot = Rect(
      x: rect.x + labelWidth, y: rect.y, width: rect.width - labelWidth,
      height: rect.height - (hasAxes ? 1 : 0))
    var canvas = DotCanvas(size: plot.size, symbols: context.symbols)
    guard
      let x = Axis(
        chart.xScale, values: points.map(\.x), fixed: chart.xRange, dots: canvas.width),
      let y = Axis(
        chart.yScale, values: points.map(\.y), fixed: chart.yRange, dots: canvas.height)
    else { return }
    if hasAxes {
      drawVerticalTicks(yTicks, y, canvas, plot, style)
      drawHorizontalTicks(chart, x, canvas, plot, style)
    }
    if let cursor = chart.cursor.flatMap(x.dot) {
      let column = plot.x + cursor * plot.width / max(1, canvas.width)
      verticalLine(
        x: column, y: plot.y, length: plot.height,
        style: Style(.role(.playhead), on: style.background))
    }
    for (index, series) in chart.series.enumerated() {
      trace(series, x, y, into: &canvas)
      if context.symbols == .ascii {
        draw(canvas, x: plot.x, y: plot.y, marker: Self.markers[index % Self.markers.count])
        canvas = DotCanvas(size: plot.size, symbols: context.symbols)
      }
    }
    draw(canvas, x: plot.x, y: plot.y)
  }

  private static var markers: [Unicode.Scalar] { ["*", "+", "o", "x", "#", "@"] }

  private mutating func drawVerticalTicks(
    _ ticks: Ticks, _ axis: Axis, _ canvas: DotCanvas, _ plot: Rect, _ style: Style
  ) {
    for (value, label) in zip(ticks.values, ticks.labels) {
      guard let dot = axis.dot(value), dot >= 0, dot < canvas.height else { continue }
      let row = plot.y + (canvas.height - 1 - dot) * plot.height / max(1, canvas.height)
      put(label, x: plot.x - 1 - label.columns, y: row, style: style)
      horizontalLine(
        x: plot.x, y: row, length: plot.width, style: Style(.role(.grid), on: style.background),
        scalar: "┈")
    }
  }

  private mutating func drawHorizontalTicks(
    _ chart: LineChart, _ axis: Axis, _ canvas: DotCanvas, _ plot: Rect, _ style: Style
  ) {
    let title = chart.xTitle.isEmpty ? "" : " " + chart.xTitle
    let end = plot.maxX - title.columns
    put(title, x: end, y: plot.maxY, style: style)
    let ticks = axis.ticks(max(2, plot.width / 10))
    var free = plot.x
    for (value, label) in zip(ticks.values, ticks.labels) {
      guard let dot = axis.dot(value), dot >= 0, dot < canvas.width else { continue }
      let column = plot.x + dot * plot.width / max(1, canvas.width)
      let start = min(max(plot.x, column - label.columns / 2), plot.maxX - label.columns)
      guard start >= free, start + label.columns <= end else { continue }
      put(label, x: start, y: plot.maxY, style: style)
      free = start + label.columns + 1
    }
  }

  private func trace(
    _ series: LineChart.Series, _ x: Axis, _ y: Axis, into canvas: inout DotCanvas
  ) {
    var before: (x: Int, y: Int)?
    for point in series.points {
      guard let column = x.dot(point.x), let height = y.dot(point.y) else {
        before = nil
        continue
      }
      let dot = (x: column, y: canvas.height - 1 - height)
      canvas.line(from: before ?? dot, to: dot, color: series.color)
      before = dot
    }
  }
}
