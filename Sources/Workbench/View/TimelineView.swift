import TokenizerEngine

/// The clip from left to right: what is tokenized, the loop, the marks, the playhead.
struct TimelineView {
  let model: AppModel
  /// Frames in which the code under the cursor occurs.
  var lit: [ClosedRange<Int>] = []

  func draw(on screen: inout Screen, layout: TimelineLayout) {
    guard !layout.rect.isEmpty, layout.track.width > 0 else { return }
    let clip = model.clip
    let y = layout.rect.maxY - 1
    for x in layout.track.x..<layout.track.maxX {
      let frame = layout.frame(atColumn: x)
      let isKnown = model.tokens.pyramid?.isKnown(frame: frame) ?? false
      let isInLoop = chosen?.contains(frame) ?? false
      let role: ThemeRole = isKnown ? .progress : isInLoop ? .secondary : .track
      screen[x, y] = Cell(
        isKnown || isInLoop ? "━" : "─", style: Style(role, on: isInLoop ? .selection : .background)
      )
    }
    for x in lit.flatMap({ layout.columns(of: $0) }) where x < layout.track.maxX {
      screen[x, y] = Cell("┿", style: Style(.mark))
    }
    let head = layout.columns(of: clip.playhead)
    for x in head { screen[x, y] = Cell("█", style: Style(.playhead)) }
    if layout.rect.height > 1 { drawMarks(on: &screen, layout: layout) }
    guard layout.track.x > layout.rect.x else { return }
    screen.put(
      Numbers.percent(knownShare, 0),
      in: Rect(
        x: layout.track.maxX, y: y, width: layout.rect.maxX - layout.track.maxX, height: 1),
      style: Style(.secondary), alignment: .trailing)
    screen.put(
      clip.playback.isPlaying ? " ▶" : " ‖", x: layout.rect.x, y: y,
      style: Style(clip.playback.isPlaying ? .playhead : .secondary))
  }

  /// The loop, or the span of frames that is to be made anew.
  private var chosen: ClosedRange<Int>? {
    guard model.view == .generate else { return model.clip.loop?.closed }
    let region = model.generate.region
    if let start = region.spanStart {
      return min(start, model.clip.playhead)...max(start, model.clip.playhead)
    }
    return region.span.map { $0.lowerBound...max($0.lowerBound, $0.upperBound - 1) }
  }

  /// The share of frames whose tokens are known on every level.
  private var knownShare: Double {
    guard let pyramid = model.tokens.pyramid, let grid = pyramid.levels.last else { return 0 }
    return Double(grid.knownSteps) / Double(max(1, grid.steps))
  }

  /// The row above: A, B, marks and the time of the playhead.
  private func drawMarks(on screen: inout Screen, layout: TimelineLayout) {
    let y = layout.rect.y
    let clip = model.clip
    for mark in clip.marks {
      screen.put(
        "▾", x: layout.column(of: mark), y: y, style: Style(.mark, on: .background, .bold))
    }
    if model.view == .generate {
      if let chosen { drawEnds(chosen, on: &screen, layout: layout) }
    } else if let loop = clip.loop {
      let style = Style(.accent, on: .background, .bold)
      screen.put(
        "A", x: layout.column(of: min(loop.start, loop.end ?? loop.start)), y: y, style: style)
      if let end = loop.end {
        screen.put("B", x: layout.column(of: max(loop.start, end)), y: y, style: style)
      }
    }
    drawTime(on: &screen, layout: layout)
  }

  private func drawEnds(
    _ span: ClosedRange<Int>, on screen: inout Screen, layout: TimelineLayout
  ) {
    let style = Style(.playhead, on: .background, .bold)
    screen.put("[", x: layout.column(of: span.lowerBound), y: layout.rect.y, style: style)
    screen.put(
      "]", x: layout.columns(of: span.upperBound).upperBound - 1, y: layout.rect.y, style: style)
  }

  private func drawTime(on screen: inout Screen, layout: TimelineLayout) {
    let y = layout.rect.y
    let clip = model.clip
    let text = Numbers.time(clip.time(of: clip.playhead))
    let x = min(
      max(layout.track.x, layout.column(of: clip.playhead) - text.columns / 2),
      layout.track.maxX - text.columns)
    let taken = x - 1..<x + text.columns + 1
    let isFree = taken.allSatisfy { screen[$0, y].text == " " }
    if isFree { screen.put(text, x: x, y: y, style: Style(.playhead)) }
  }
}
