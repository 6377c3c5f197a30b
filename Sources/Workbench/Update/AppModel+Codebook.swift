import TokenizerEngine

extension AppModel {
  mutating func perform(codebook action: Action) -> [Effect] {
    switch action {
    case .nextCodebookPanel, .previousCodebookPanel:
      codebook.panel = codebook.panel.next(action == .nextCodebookPanel ? 1 : -1)
      codebook.search = nil
      return closeGallery()
    case .openGallery: return openGallery()
    case .searchIndex: return typeSearch()
    case .codebookUp: moveInCodebook(rows: -1)
    case .codebookDown: moveInCodebook(rows: 1)
    case .timeMeasure:
      codebook.panel = .time
      codebook.timeMeasure = codebook.timeMeasure.next
      return closeGallery()
    case .light: toggleBrush()
    case .nextLit, .previousLit: goToLit(forward: action == .nextLit)
    case .measureLadder: return measureLadder()
    default: break
    }
    return []
  }

  private mutating func measureLadder() -> [Effect] {
    codebook.panel = .ladder
    let closing = closeGallery()
    guard clip.summary != nil, tokens.pyramid?.isKnown(frame: clip.playhead) == true else {
      say("These frames have no tokens yet; t tokenizes them.")
      return closing
    }
    guard !jobs.contains(where: { $0.kind == .measuring }) else {
      say("It is being measured; x cancels.")
      return closing
    }
    codebook.ladder = nil
    clip.playback.pause()
    let job = begin(.measuring)
    return closing + [.submit(.measureLadder(frame: clip.playhead, job: job))]
  }

  private mutating func moveInCodebook(rows: Int) {
    switch codebook.panel {
    case .overview, .time, .reach, .ladder: changeLevel(by: -rows)
    case .codes:
      let count = codebook.shown?.topCodes.count ?? 0
      codebook.code = min(max(0, codebook.code + rows), max(0, count - 1))
    case .bits:
      let bits = codebook.shown?.bits ?? 1
      codebook.bit = min(max(0, codebook.bit + rows), bits - 1)
    case .pairs:
      let pairs = codebook.finding?.relations?.pairs ?? []
      codebook.pair = min(max(0, codebook.pair + rows), max(0, pairs.count - 1))
    }
    // What is lit follows the cursor.
    if brush != nil, let pointed = codebook.pointed { brush = pointed }
  }

  /// What the cursor stands on is lit on every screen, or no more.
  private mutating func toggleBrush() {
    guard let pointed = codebook.pointed else {
      brush = nil
      say("Choose a code, a bit or a pair first: Tab goes to their parts.")
      return
    }
    brush = brush == pointed ? nil : pointed
    let title = pointed.title(bits: tokens.pyramid?.bits ?? 16)
    say(
      brush == nil
        ? "Nothing is lit." : "Lit on the Clip and Tokens screens: \(title); o puts it out.")
  }

  private mutating func goToLit(forward: Bool) {
    guard let wanted = codebook.pointed ?? brush, let grid = tokens.pyramid?[level: codebook.level]
    else {
      say("Choose a code, a bit or a pair first: Tab goes to their parts.")
      return
    }
    let now = min(grid.stride.step(ofFrame: clip.playhead), grid.steps - 1)
    guard let step = grid.step(litBy: wanted, from: now, forward: forward) else {
      say("It occurs nowhere on level \(grid.level) of what is tokenized.")
      return
    }
    clip.playback.pause()
    seek(to: min(clip.lastFrame, grid.stride.frames(ofStep: step).lowerBound))
  }

  /// Tabs, levels of the table, rows of the lists.
  mutating func press(codebook event: MouseEvent, in content: Rect) -> [Effect] {
    let layout = CodebookLayout(content: content)
    if let tab = layout.tabs.first(where: { $0.rect.contains(x: event.x, y: event.y) }) {
      codebook.panel = tab.panel
      codebook.search = nil
      return closeGallery()
    }
    if codebook.search != nil { return press(search: event, in: layout.content) }
    if codebook.gallery != nil { return press(gallery: event) }
    guard codebook.panel == .overview else { return [] }
    let row = event.y - layout.content.y - 1
    let count = codebook.statistics.count
    if (0..<count).contains(row) { setLevel(count - row) }
    return []
  }
}
