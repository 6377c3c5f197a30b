import TokenizerEngine

extension AppModel {
  /// Tabs, timeline, grids: where the mouse is decides what it does.
  mutating func moused(_ event: MouseEvent) -> [Effect] {
    let layout = AppLayout(size: size)
    if event.action == .release {
      drag = nil
      return []
    }
    if event.action == .press, let tab = layout.tabs.first(where: { contains($0.rect, event) }) {
      view = tab.view
      return []
    }
    if view == .train { return moused(train: event, in: layout.content) }
    if view == .generate { return moused(generate: event, in: layout.content) }
    if drag == .timeline {
      if event.action == .drag { scrub(to: event.x, layout: layout) }
      return []
    }
    if drag == .tokens {
      if event.action == .drag { drag(token: event, layout: layout) }
      return []
    }
    switch event.action {
    case .press:
      if let strip = scrubArea(layout), contains(strip, event) {
        drag = .timeline
        scrub(to: event.x, layout: layout)
      } else if view == .tokens {
        press(token: event, layout: layout)
      } else if view == .codebook {
        return press(codebook: event, in: layout.content)
      }
    case .wheelUp, .wheelDown:
      let key: Key = event.action == .wheelDown ? .down : .up
      if let effects = pressedInSearch(key) ?? pressedInGallery(key) { return effects }
      wheel(event, layout: layout)
    case .drag, .release: break
    }
    return []
  }

  private func contains(_ rect: Rect, _ event: MouseEvent) -> Bool {
    rect.contains(x: event.x, y: event.y)
  }

  private func timeline(_ layout: AppLayout) -> TimelineLayout? {
    guard let summary = clip.summary else { return nil }
    switch view {
    case .clip:
      return ClipLayout(
        content: layout.content, choice: clip.panes, width: summary.width, height: summary.height,
        frames: summary.frameCount
      ).timeline
    case .tokens: return TokensLayout(model: self, content: layout.content)?.timeline
    case .codebook, .train, .generate: return nil
    }
  }

  /// The timeline, and the strips below it, which have the same columns.
  private func scrubArea(_ layout: AppLayout) -> Rect? {
    guard let rect = timeline(layout)?.rect, !rect.isEmpty else { return nil }
    return Rect(x: rect.x, y: rect.y, width: rect.width, height: layout.content.maxY - rect.y)
  }

  private mutating func scrub(to x: Int, layout: AppLayout) {
    guard let timeline = timeline(layout) else { return }
    clip.playback.pause()
    seek(to: timeline.frame(atColumn: x))
  }

  private mutating func press(token event: MouseEvent, layout: AppLayout) {
    guard let tokensLayout = TokensLayout(model: self, content: layout.content) else { return }
    for picture in [tokensLayout.picture, tokensLayout.reconstruction] {
      press(picture: picture, event)
    }
    for place in tokensLayout.grids where contains(place.rect, event) {
      drag = .tokens
      if let token = place.token(atX: event.x, y: event.y) {
        // A second click on a small cell takes its lower token.
        let isSecond =
          place.scale.isHalf && tokens.level == place.level && tokens.row == token.row
          && tokens.column == token.column
        setLevel(place.level)
        tokens.row = token.row + (isSecond ? 1 : 0)
        tokens.column = token.column
        moveCursor(rows: 0, columns: 0)
      } else {
        setLevel(place.level)
      }
    }
  }

  /// The cursor's level has a token under each place of the picture.
  private mutating func press(picture rect: Rect, _ event: MouseEvent) {
    guard let summary = clip.summary, let grid = tokens.pyramid?[level: tokens.level] else {
      return
    }
    let below = rect.splitTop(1).rest
    let size = PictureFit.size(summary.width, summary.height, in: below.size)
    let cells = Rect(x: below.x, y: below.y, width: size.width, height: size.height)
    guard contains(cells, event) else { return }
    let canvas = PixelCanvas(cells: cells, width: summary.width, height: summary.height)
    let (columns, rows) = canvas.pixels(x: event.x, y: event.y)
    (tokens.row, tokens.column) = (
      rows.lowerBound / grid.stride.y, columns.lowerBound / grid.stride.x
    )
    moveCursor(rows: 0, columns: 0)
  }

  /// The box goes from where the button went down to the token under the mouse.
  private mutating func drag(token event: MouseEvent, layout: AppLayout) {
    guard let places = TokensLayout(model: self, content: layout.content)?.grids,
      let cursor = tokens.cursor(atFrame: clip.playhead),
      let place = places.first(where: { $0.level == tokens.level }),
      let token = place.token(atX: event.x, y: event.y),
      token.row != cursor.row || token.column != cursor.column
    else { return }
    if tokens.editing.anchor == nil { tokens.editing.anchor = cursor }
    (tokens.row, tokens.column) = (token.row, token.column)
    moveCursor(rows: 0, columns: 0)
  }

  private mutating func wheel(_ event: MouseEvent, layout: AppLayout) {
    let direction = event.action == .wheelDown ? 1 : -1
    if view == .tokens,
      let places = TokensLayout(model: self, content: layout.content)?.grids,
      places.contains(where: { contains($0.rect, event) })
    {
      changeLevel(by: -direction)
    } else if view == .codebook {
      _ = perform(codebook: direction > 0 ? .codebookDown : .codebookUp)
    } else {
      step(by: direction)
    }
  }
}
