import TokenizerEngine

/// Every level's codes at the playhead, coarse first, beside the picture they stand for.
struct TokensView {
  let model: AppModel
  let context: DrawingContext
  let drawing: FrameDrawing

  func draw(on screen: inout Screen, in rect: Rect) {
    guard let layout = TokensLayout(model: model, content: rect),
      let pyramid = model.tokens.pyramid
    else { return drawEmpty(on: &screen, in: rect) }
    let cursor = model.tokens.cursor(atFrame: model.clip.playhead)
    let code = cursor.flatMap { pyramid.code(at: $0) }
    let driftColors = model.tokens.drift == nil ? nil : context.theme.gradient(.difference)
    for place in layout.grids {
      guard let grid = pyramid[level: place.level] else { continue }
      TokenGridView(
        grid: grid, place: place, pyramid: pyramid, model: model, theme: context.theme,
        cursor: cursor,
        code: code, driftColors: driftColors
      ).draw(on: &screen)
    }
    let drawing = drawing.sharing(cells: layout.picture.size.area + layout.reconstruction.size.area)
    PatchPicture(model: model, drawing: drawing, cursor: cursor)
      .draw(on: &screen, original: layout.picture, reconstruction: layout.reconstruction)
    InspectorView(model: model, context: context, cursor: cursor, code: code)
      .draw(on: &screen, in: layout.inspector)
    TimelineView(model: model, lit: lit(code, in: pyramid))
      .draw(on: &screen, layout: layout.timeline)
    ActivityStrip(model: model, context: context)
      .draw(on: &screen, in: layout.strips, timeline: layout.timeline)
  }

  /// The frames in which what is lit occurs: the brush's code, or the one under the cursor.
  private func lit(_ code: UInt32?, in pyramid: TokenPyramid) -> [ClosedRange<Int>] {
    switch model.brush {
    case .code(let code): pyramid.frames(ofCode: code)
    // About half of all tokens have it.
    case .bit: []
    case nil: code.map { pyramid.frames(ofCode: $0) } ?? []
    }
  }

  private func drawEmpty(on screen: inout Screen, in rect: Rect) {
    let text: String
    if model.clip.summary == nil {
      text =
        model.jobs.contains { $0.kind == .opening }
        ? "opening \(model.request?.name ?? "the clip") …"
        : "No clip is open; :open PATH opens one."
    } else if model.modelFault != nil {
      text = "No model, so no tokens: the line below says why."
    } else {
      text = "loading the model …"
    }
    screen.put(
      text, in: rect, row: rect.height / 2, style: Style(.secondary), alignment: .centre)
  }
}
