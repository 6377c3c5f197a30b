import Tokenization
import TokenizerEngine

extension AppModel {
  /// A box is drawn on a picture or on a grid of tokens, a span with the right button on the
  /// timeline; everything else is chosen by a click, and the wheel changes what is under it.
  mutating func moused(generate event: MouseEvent, in content: Rect) -> [Effect] {
    guard let layout = GenerateLayout(model: self, content: content) else { return [] }
    switch event.action {
    case .press: return pressed(generate: event, layout)
    case .drag: dragged(generate: event, layout)
    case .wheelUp, .wheelDown: wheeled(generate: event, layout)
    case .release: break
    }
    return []
  }

  private mutating func pressed(generate event: MouseEvent, _ layout: GenerateLayout) -> [Effect] {
    func isIn(_ rect: Rect) -> Bool { rect.contains(x: event.x, y: event.y) }
    if isIn(layout.prompt) {
      generate.prompt.isTyping = true
    } else if isIn(layout.region) {
      press(regionLineAt: event, in: layout.region)
    } else if let pane = layout.panes.first(where: { isIn($0.picture) || isIn($0.title) }) {
      press(pane, event)
    } else if let grid = layout.grids.first(where: { isIn($0.rect) }) {
      press(grid, event)
    } else if isIn(layout.settings) {
      generate.part = .settings
      let row = event.y - layout.settings.y - 1
      if SamplingSetting.allCases.indices.contains(row) {
        generate.setting = SamplingSetting.allCases[row]
      }
    } else if isIn(layout.results) {
      generate.part = .results
      let view = GenerateResultsView(model: self, context: DrawingContext())
      if let job = view.result(atY: event.y, in: layout.results) { generate.shown = job }
    } else if isIn(layout.timeline.rect) {
      clip.playback.pause()
      let frame = layout.timeline.frame(atColumn: event.x)
      drag = event.button == .right ? .span(frame) : .timeline
      dragged(generate: event, layout)
    }
    return []
  }

  private mutating func press(regionLineAt event: MouseEvent, in rect: Rect) {
    switch RegionLine(model: self).target(x: event.x, y: event.y, in: rect) {
    case .box: generate.region.usesBox.toggle()
    case .span: markSpan()
    case .level(let level): toggleRegionLevel(level)
    case .comparison: _ = perform(generate: .nextComparison)
    case nil: break
    }
  }

  private mutating func press(_ pane: GeneratePane, _ event: MouseEvent) {
    if generate.comparison == .gallery, case .result(let id) = pane.kind, id != nil {
      generate.shown = id
      generate.part = .results
      return
    }
    guard let summary = clip.summary, !pane.picture.isEmpty,
      pane.picture.contains(x: event.x, y: event.y)
    else { return }
    if pane.kind == .both, generate.comparison == .wipe, generate.result != nil {
      drag = .wipe
      return
    }
    begin(
      at: event,
      on: PixelCanvas(cells: pane.picture, width: summary.width, height: summary.height))
  }

  private mutating func press(_ place: RegionGridPlace, _ event: MouseEvent) {
    setLevel(place.level)
    guard let grid = tokens.pyramid?[level: place.level] else { return }
    guard place.grid.contains(x: event.x, y: event.y) else {
      return toggleRegionLevel(place.level)
    }
    let cells = Rect(
      x: place.grid.x, y: place.grid.y, width: grid.columns * place.scale,
      height: place.grid.height)
    guard cells.contains(x: event.x, y: event.y) else { return }
    begin(
      at: event,
      on: PixelCanvas(
        cells: cells, width: grid.columns * grid.stride.x, height: grid.rows * grid.stride.y))
  }

  /// A click brings the box here; dragging on makes another one.
  private mutating func begin(at event: MouseEvent, on canvas: PixelCanvas) {
    generate.part = .region
    let (columns, rows) = canvas.pixels(x: event.x, y: event.y)
    drag = .box(x: columns.lowerBound, y: rows.lowerBound, canvas)
    guard let summary = clip.summary else { return }
    var box = generate.region.box
    let grain = regionGrain
    func corner(_ middle: Int, _ length: Int, _ limit: Int) -> Int {
      min(max(0, (middle - length / 2 + grain / 2) / grain * grain), max(0, limit - length))
    }
    box.x = corner((columns.lowerBound + columns.upperBound) / 2, box.width, summary.width)
    box.y = corner((rows.lowerBound + rows.upperBound) / 2, box.height, summary.height)
    setBox(box)
  }

  private mutating func dragged(generate event: MouseEvent, _ layout: GenerateLayout) {
    switch drag {
    case .timeline: seek(to: layout.timeline.frame(atColumn: event.x))
    case .span(let start):
      let frame = layout.timeline.frame(atColumn: event.x)
      seek(to: frame)
      generate.region.spanStart = nil
      generate.region.span = min(start, frame)..<max(start, frame) + 1
    case .wipe:
      guard let picture = layout.panes.first?.picture, picture.width > 0 else { return }
      let share = Double(event.x - picture.x) / Double(picture.width)
      generate.wipe = min(1, max(0, share))
    case .box(let x, let y, let canvas):
      let (columns, rows) = canvas.pixels(x: event.x, y: event.y)
      let (left, top) = (min(x, columns.lowerBound), min(y, rows.lowerBound))
      let (right, bottom) = (max(x, columns.upperBound), max(y, rows.upperBound))
      setBox(PixelBox(x: left, y: top, width: right - left, height: bottom - top))
    case nil, .tokens: break
    }
  }

  private mutating func wheeled(generate event: MouseEvent, _ layout: GenerateLayout) {
    func isIn(_ rect: Rect) -> Bool { rect.contains(x: event.x, y: event.y) }
    let direction = event.action == .wheelDown ? 1 : -1
    if isIn(layout.results) {
      showResult(by: direction)
    } else if isIn(layout.settings) {
      let row = event.y - layout.settings.y - 1
      guard SamplingSetting.allCases.indices.contains(row) else { return }
      generate.setting = SamplingSetting.allCases[row]
      generate.setting.change(&generate.settings, by: -direction)
    } else {
      step(by: direction)
    }
  }
}
