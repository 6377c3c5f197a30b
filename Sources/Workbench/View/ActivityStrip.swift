import TokenizerEngine

/// One row for each level, coarse on top: the share of its codes that change from step to step.
struct ActivityStrip {
  let model: AppModel
  let context: DrawingContext

  func draw(on screen: inout Screen, in rect: Rect, timeline: TimelineLayout) {
    guard !rect.isEmpty else { return }
    let levels = model.tokens.pyramid?.levels ?? []
    guard !levels.isEmpty else {
      screen.put(
        model.modelFault == nil
          ? "How much of each level changes over time comes with the tokens."
          : "Without a model there are no tokens.",
        in: rect, row: rect.height / 2, style: Style(.secondary), alignment: .centre)
      return
    }
    let gradient = context.theme.gradient(.activity)
    for (row, grid) in levels.reversed().prefix(rect.height).enumerated() {
      draw(grid, gradient: gradient, on: &screen, y: rect.y + row, timeline: timeline)
    }
    drawLegend(on: &screen, timeline: timeline)
  }

  /// What the percentages at the right are, above them, unless marks or the playhead stand there.
  private func drawLegend(on screen: inout Screen, timeline: TimelineLayout) {
    let text =
      model.brush.map { "tokens found; L4…L1: " + $0.title(bits: model.tokens.pyramid?.bits ?? 16) }
      ?? "tokens found; L4…L1: codes changed"
    let rect = timeline.rect
    guard rect.height > 1, rect.width >= 60, timeline.track.maxX < rect.maxX else { return }
    let first = rect.maxX - text.columns
    guard (first - 1..<rect.maxX).allSatisfy({ screen[$0, rect.y].text == " " }) else { return }
    screen.put(text, x: first, y: rect.y, style: Style(.secondary))
  }

  private func draw(
    _ grid: TokenLevel, gradient: Gradient, on screen: inout Screen, y: Int,
    timeline: TimelineLayout
  ) {
    let track = timeline.track
    if track.x > timeline.rect.x {
      screen.put(
        " L\(grid.level)", x: timeline.rect.x, y: y,
        style: Style(.level(grid.level), on: .background, .bold))
    }
    let head = timeline.columns(of: model.clip.playhead)
    func value(_ step: Int) -> Double? {
      model.brush.map { grid.lit(by: $0, atStep: step) } ?? grid.change(atStep: step)
    }
    var shares: [Int: Double?] = [:]
    for x in track.x..<track.maxX {
      let surface: ThemeRole = head.contains(x) ? .selection : .background
      let step = grid.stride.step(ofFrame: timeline.frame(atColumn: x))
      let share = shares[step] ?? value(step)
      shares[step] = share
      guard let share else {
        screen[x, y] = Cell(grid.isKnown(step: step) ? "▁" : "·", style: Style(.grid, on: surface))
        continue
      }
      let height = min(7, Int(share * 8) + (model.brush != nil && share > 0 ? 1 : 0))
      screen[x, y] = Cell(
        Bars.upright(height + 1, context.symbols),
        style: model.brush != nil && share > 0
          ? Style(.mark, on: surface)
          : Style(.rgb(gradient.color(at: 0.25 + 0.75 * share)), on: .role(surface)))
    }
    let step = grid.stride.step(ofFrame: model.clip.playhead)
    guard track.maxX < timeline.rect.maxX else { return }
    let shown = shares[step] ?? value(step)
    screen.put(
      shown.map { Numbers.percent($0, 0) } ?? "–",
      in: Rect(
        x: track.maxX, y: y, width: timeline.rect.maxX - track.maxX, height: 1),
      style: Style(.secondary), alignment: .trailing)
  }
}
