import TokenizerEngine

/// All that is known about the clip, the model and the tokens; where there is room for it.
struct DetailsView {
  let model: AppModel
  let context: DrawingContext

  func draw(on screen: inout Screen, in rect: Rect) {
    let inside = screen.box(rect, titles: [BoxTitle("details")]).inset(columns: 1, rows: 0)
    var row = 0
    func put(_ name: String, _ value: String) {
      guard row < inside.height, !value.isEmpty else { return }
      screen.put(name, in: inside, row: row, style: Style(.secondary))
      screen.put(
        value, x: inside.x + 12, y: inside.y + row, style: Style(.text), limit: inside.width - 12)
      row += 1
    }
    for (name, value) in clipRows + modelRows { put(name, value) }
    guard let pyramid = model.tokens.pyramid, row + 6 <= inside.height else { return }
    row += 1
    let table = Rect(
      x: inside.x, y: inside.y + row, width: inside.width, height: inside.height - row)
    drawLevels(pyramid, on: &screen, in: table)
    let chart = table.splitTop(pyramid.levels.count + 3).rest
    if chart.height >= 6 { drawQuality(on: &screen, in: chart) }
  }

  /// PSNR over the frames that were reconstructed, in decibels.
  private func drawQuality(on screen: inout Screen, in rect: Rect) {
    let points = model.clip.quality.filter { $0.value.isFinite }.sorted { $0.key < $1.key }
    guard points.count > 1 else { return }
    screen.put(
      "PSNR of each frame, dB", in: rect, style: Style(.title, on: .background, .bold))
    var chart = LineChart(series: [
      LineChart.Series(
        "PSNR", color: .role(.series1), points: points.map { (Double($0.key), $0.value) })
    ])
    chart.xTitle = "frame"
    chart.cursor = Double(model.clip.playhead)
    screen.draw(chart, in: rect.splitTop(1).rest, context: context)
  }

  private var clipRows: [(String, String)] {
    guard let summary = model.clip.summary else { return [] }
    let info = summary.info
    let quality = model.clip.quality.values.filter(\.isFinite)
    let mean = quality.isEmpty ? 0 : quality.reduce(0, +) / Double(quality.count)
    var rows = [
      ("clip", summary.name),
      (
        "video",
        "\(info.codec) \(info.pixelFormat) in \(info.container.split(separator: ",").first ?? "")"
      ),
      ("size", "\(info.width)x\(info.height), seen at \(summary.width)x\(summary.height)"),
      (
        "frames",
        "\(summary.frameCount) at \(Numbers.short(info.frameRate.value)) fps"
          + (info.isVariableRate ? ", varying" : "") + ", \(Numbers.time(model.clip.duration))"
      ),
    ]
    if !quality.isEmpty {
      rows.append(
        (
          "PSNR",
          "\(Numbers.fixed(mean, 2)) dB, mean of \(quality.count) frames (\(FrameComparison.convention))"
        ))
      let low = quality.min() ?? 0
      let high = quality.max() ?? 0
      rows.append(("", "from \(Numbers.fixed(low, 2)) to \(Numbers.fixed(high, 2)) dB"))
    }
    if let caption = model.caption { rows.append(("caption", caption)) }
    return rows
  }

  private var modelRows: [(String, String)] {
    guard let summary = model.model else {
      return model.modelFault.map { [("model", $0)] } ?? []
    }
    return [
      (
        "model",
        "\(summary.name), \(Numbers.short(Double(summary.parameters) / 1e6)) M parameters, "
          + summary.sha256.prefix(12)
      ),
      ("codes", "\(summary.bits) bits, shared by \(summary.strides.count) levels"),
    ]
  }

  private func drawLevels(_ pyramid: TokenPyramid, on screen: inout Screen, in rect: Rect) {
    let heads = ["level", "grid", "stride", "tokens", "known"]
    let widths = [7, 11, 9, 11, 8]
    func put(_ texts: [String], row: Int, style: Style) {
      var x = rect.x
      for (text, width) in zip(texts, widths) where x + width <= rect.maxX + 1 {
        screen.put(text, x: x, y: rect.y + row, style: style, limit: width - 1)
        x += width
      }
    }
    put(heads, row: 0, style: Style(.secondary))
    for (row, grid) in pyramid.levels.reversed().enumerated() where row + 1 < rect.height {
      let stride = grid.stride
      put(
        [
          "\(grid.level)", "\(grid.steps)x\(grid.rows)x\(grid.columns)",
          "\(stride.t),\(stride.y),\(stride.x)",
          Numbers.grouped(grid.tokens),
          Numbers.percent(
            Double(grid.knownTokens) / Double(max(1, grid.tokens)), 0),
        ], row: row + 1, style: Style(.level(grid.level)))
    }
    guard let summary = model.clip.summary, rect.height > pyramid.levels.count + 1 else { return }
    let tokens = pyramid.tokens
    let pixels = summary.frameCount * summary.width * summary.height
    let rate = Double(tokens * pyramid.bits) / Double(max(1, pixels))
    screen.put(
      "\(Numbers.grouped(tokens)) tokens, \(Numbers.fixed(rate, 3)) bits per pixel",
      in: rect, row: pyramid.levels.count + 1, style: Style(.text))
  }
}
