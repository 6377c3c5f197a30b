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
    switch event.action {
    case .press:
      if let strip = scrubArea(layout), contains(strip, event) {
        drag = .timeline
        scrub(to: event.x, layout: layout)
      } else if view == .tokens {
        press(token: event, layout: layout)
      } else if view == .codebook {
        press(codebook: event, in: layout.content)
      }
    case .wheelUp, .wheelDown: wheel(event, layout: layout)
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
    guard let places = TokensLayout(model: self, content: layout.content)?.grids else { return }
    for place in places where contains(place.rect, event) {
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

  private mutating func wheel(_ event: MouseEvent, layout: AppLayout) {
    let direction = event.action == .wheelDown ? 1 : -1
    if view == .tokens,
      let places = TokensLayout(model: self, content: layout.content)?.grids,
      places.contains(where: { contains($0.rect, event) })
    {
      changeLevel(by: -direction)
    } else if view == .codebook {
      perform(codebook: direction > 0 ? .codebookDown : .codebookUp)
    } else {
      step(by: direction)
    }
  }
}
