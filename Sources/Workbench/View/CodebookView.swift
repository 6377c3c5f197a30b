import TokenizerEngine

/// How each level uses the codebook: an overview, and a part of the screen for codes, bits, pairs of
/// bits, time, the values before the sign, and what each level adds.
struct CodebookView {
  let model: AppModel
  let context: DrawingContext
  let drawing: FrameDrawing

  func draw(on screen: inout Screen, in rect: Rect) {
    let layout = CodebookLayout(content: rect)
    let content = layout.content
    if let shown = model.codebook.shown {
      scope.draw(on: &screen, in: layout.scope)
      drawTabs(layout, level: shown, on: &screen)
    }
    // It is there for the next clip, too.
    if let search = model.codebook.search {
      return SearchView(search: search, corpus: model.corpus, bits: model.model?.bits ?? 16)
        .draw(on: &screen, in: content)
    }
    guard let shown = model.codebook.shown else { return drawEmpty(on: &screen, in: rect) }
    if let gallery = model.codebook.gallery {
      return GalleryView(model: model, gallery: gallery, context: context, drawing: drawing)
        .draw(on: &screen, in: content)
    }
    switch model.codebook.panel {
    case .overview:
      CodebookOverview(model: model, context: context, shown: shown)
        .draw(on: &screen, in: content)
    case .codes:
      drawLinked(on: &screen, in: content) {
        CodesPanel(model: model, shown: shown, context: context).draw(on: &$0, in: $1)
      }
    case .bits:
      drawLinked(on: &screen, in: content) {
        BitsPanel(model: model, shown: shown, context: context).draw(on: &$0, in: $1)
      }
    case .pairs:
      drawLinked(on: &screen, in: content) {
        PairsPanel(model: model, shown: shown, context: context).draw(on: &$0, in: $1)
      }
    case .time: TimePanel(model: model, context: context).draw(on: &screen, in: content)
    case .ladder: LadderPanel(model: model, context: context).draw(on: &screen, in: content)
    case .reach:
      ReachPanel(model: model, shown: shown, context: context).draw(on: &screen, in: content)
    }
  }

  /// A panel whose cursor is a brush, and beside it where that is lit.
  private func drawLinked(
    on screen: inout Screen, in rect: Rect, _ panel: (inout Screen, Rect) -> Void
  ) {
    let width = rect.width >= 76 ? max(28, rect.width * 2 / 5) : 0
    let (left, right) = rect.splitRight(width)
    panel(&screen, width > 0 ? left.splitRight(2).rest : left)
    guard width > 0, let brush = model.codebook.pointed else { return }
    LinkedView(model: model, drawing: drawing, context: context, brush: brush)
      .draw(on: &screen, in: right)
  }

  private func drawTabs(_ layout: CodebookLayout, level: LevelUsage, on screen: inout Screen) {
    for (panel, rect) in layout.tabs {
      let isShown = panel == model.codebook.panel
      screen.put(
        " \(panel.title) ", x: rect.x, y: rect.y,
        style: Style(
          isShown ? .selectionText : .secondary, on: isShown ? .selection : .background,
          isShown ? .bold : []), limit: rect.width)
    }
    guard let last = layout.tabs.last?.rect, model.codebook.panel != .overview else { return }
    let text = "level \(level.level)"
    guard last.maxX + text.columns + 1 < layout.scope.maxX else { return }
    screen.put(
      text, x: layout.scope.maxX - text.columns - 1, y: last.y,
      style: Style(.level(level.level), on: .background, .bold))
  }

  /// Over what the numbers were counted.
  private var scope: InfoLine {
    guard let pyramid = model.tokens.pyramid, let summary = model.clip.summary else {
      return InfoLine(pieces: [])
    }
    let known = pyramid.levels.last.map { level in
      min(
        summary.frameCount,
        max(0, level.knownSteps * level.stride.t - (level.stride.t - 1)))
    }
    let isWhole = pyramid.isWhole
    let tokens = model.codebook.statistics.reduce(0) { $0 + $1.tokens }
    return InfoLine(pieces: [
      .init(text: "over \(summary.name)", rank: 1),
      .init(
        text: isWhole
          ? "all \(summary.frameCount) frames"
          : "\(known ?? 0) of \(summary.frameCount) frames so far", rank: 0,
        role: isWhole ? .text : .warning),
      .init(text: "\(Numbers.grouped(tokens)) tokens", rank: 2),
      .init(
        text: model.model.map { "model \($0.name) \($0.sha256.prefix(8))" } ?? "", rank: 3,
        role: .secondary),
      .init(
        text: model.model.map { "book of \(Numbers.grouped(1 << $0.bits)) codes" } ?? "", rank: 4,
        role: .secondary),
    ])
  }

  private func drawEmpty(on screen: inout Screen, in rect: Rect) {
    let text =
      model.modelFault != nil
      ? "No model, so no codebook: the line below says why."
      : "The codebook's usage appears when the first tokens are there …"
    screen.put(
      text, in: rect, row: rect.height / 2, style: Style(.secondary), alignment: .centre)
  }
}
