/// Every key and command, narrowed down by typing.
struct HelpView {
  let filter: String
  let scroll: Int
  let view: ViewName

  func draw(on screen: inout Screen) {
    let bounds = screen.bounds
    let place = bounds.centred(
      Size(width: min(78, bounds.width - 2), height: max(3, bounds.height - 4)))
    let inside = screen.box(
      place, titles: [BoxTitle(filter.isEmpty ? "help: type to search" : "help: \(filter)")],
      isFocused: true, background: .popup
    ).inset(columns: 1, rows: 0)
    let lines = Self.lines(filter: filter, view: view)
    let first = min(scroll, max(0, lines.count - inside.height))
    for (row, line) in lines.dropFirst(first).prefix(inside.height).enumerated() {
      let y = inside.y + row
      let heading = line.keys.isEmpty
      screen.put(
        line.keys, in: Rect(x: inside.x, y: y, width: 9, height: 1),
        style: Style(.hotKey, on: .popup, .bold))
      screen.put(
        line.text, x: inside.x + (heading ? 0 : 11), y: y,
        style: Style(heading ? .accent : .text, on: .popup, heading ? .bold : []),
        limit: inside.width - (heading ? 0 : 11))
    }
    if lines.isEmpty {
      screen.put("Nothing is called “\(filter)”.", in: inside, style: Style(.secondary, on: .popup))
    }
    let rest = lines.count - first - inside.height
    if rest > 0 {
      let more = " ↓ \(rest) more "
      screen.put(
        more, x: place.maxX - more.columns - 2, y: place.maxY - 1,
        style: Style(.secondary, on: .popup))
    }
  }

  static func lines(filter: String, view: ViewName) -> [(keys: String, text: String)] {
    let words = filter.lowercased().split(separator: " ")
    func fits(_ line: (keys: String, text: String)) -> Bool {
      let text = (line.keys + " " + line.text).lowercased()
      return words.allSatisfy { text.contains($0) }
    }
    var lines: [(keys: String, text: String)] = []
    func section(_ title: String, _ entries: [(keys: String, text: String)]) {
      let kept = entries.filter(fits)
      guard !kept.isEmpty else { return }
      lines.append(("", title))
      lines += kept
    }
    let all = Action.allCases.filter { $0.views?.contains(view) ?? false }
    // What only this screen has comes first.
    let own = all.filter { view == .generate && $0.isAboutGenerating }
    let here = own + all.filter { !own.contains($0) }
    let everywhere = Action.allCases.filter { $0.views == nil }
    section("\(view.title) screen", here.map { ($0.keys, $0.title) })
    if view == .codebook { section("In the gallery", inGallery) }
    section("Everywhere", everywhere.map { ($0.keys, $0.title) })
    section(
      "Mouse",
      [
        ("click", "tabs, timeline, tokens"), ("drag", "scrub on the timeline"),
        ("wheel", "one frame; on a grid, one level"),
      ] + (view == .generate ? boxesByMouse : view == .tokens ? tokensByMouse : []))
    if view != .train { section("What the figures are", figures(of: view)) }
    section(
      "Commands, typed after : with Tab to complete",
      TypedCommand.allCases.map {
        (
          $0.rawValue,
          ($0.arguments.isEmpty ? "" : $0.arguments + "   ") + $0.title
        )
      })
    return lines
  }

  private static let tokensByMouse: [(keys: String, text: String)] = [
    ("drag", "a box of tokens on a grid"),
    ("click", "on a picture: the token of this level there"),
  ]

  private static let inGallery: [(keys: String, text: String)] = [
    ("↑↓←→", "patch; PgUp, PgDn a page, Home, End"),
    ("Enter", "to its place on the Tokens screen; a second click too"),
    ("[ ]", "the code before and after in use, or the bit"),
    ("{ }", "patches of the coarser or finer level"),
    ("Tab", "patches of this clip, or of the open index"),
    ("Esc", "back; from what was searched too, where Enter opens the clip"),
  ]

  private static let boxesByMouse: [(keys: String, text: String)] = [
    ("drag", "a box on a picture or on a grid of tokens; a click moves it there"),
    ("right", "drag on the timeline: the span of frames"),
    ("click", "the sentence, the words below it, a grid's title, a result: chooses it"),
  ]

  private static let aboutTokens: [(keys: String, text: String)] = [
    ("┿", "on the timeline: frames in which the code under the cursor occurs"),
    ("•", "on the grids, and outlined on pictures: its other places, on all levels"),
    ("mean |Δ|", "what a flipped bit changes in the frame, over all its pixels, of 255"),
  ]

  private static func figures(of view: ViewName) -> [(keys: String, text: String)] {
    if view == .generate {
      return [
        ("L4…L1", "tokens of the level that are made anew, in all steps of the clip"),
        ("outside", "pixels beyond 16 pixels and 4 frames around the region that differ"),
      ]
    }
    guard view == .codebook else {
      return [
        ("timeline", "share of the frames whose tokens are found"),
        ("L4…L1", "codes that differ from the step before; at the right: here"),
      ] + (view == .tokens ? aboutTokens : [])
    }
    return [
      ("ceiling", "codes that as many random tokens would show"),
      ("excess", "how much the bits repeat each other; 0 is best"),
      ("chance", "points that as many random tokens would touch"),
    ]
  }
}

/// A searchable list of all that can be done.
struct PaletteView {
  let model: AppModel
  let query: String
  let selection: Int

  func draw(on screen: inout Screen) {
    let bounds = screen.bounds
    let entries = PaletteEntry.matching(query, in: model)
    let height = min(bounds.height - 2, max(4, min(entries.count, 14) + 4))
    let width = min(72, bounds.width - 2)
    let place = Rect(
      x: (bounds.width - width) / 2, y: min(2, max(0, bounds.height - height)), width: width,
      height: height)
    let inside = screen.box(
      place, titles: [BoxTitle("do")], isFocused: true, background: .popup
    ).inset(columns: 1, rows: 0)
    let (field, list) = inside.splitTop(1)
    screen.fill(field, style: Style(.text, on: .inputField))
    let used = screen.put(
      query, x: field.x, y: field.y, style: Style(.text, on: .inputField), limit: field.width - 1)
    screen.cursor = Screen.Position(x: field.x + used, y: field.y)
    let rows = list.splitTop(1).rest
    let first = max(0, min(selection - rows.height / 2, entries.count - rows.height))
    for (row, entry) in entries.dropFirst(first).prefix(rows.height).enumerated() {
      let isChosen = first + row == selection
      let surface: ThemeRole = isChosen ? .selection : .popup
      let line = Rect(x: rows.x, y: rows.y + row, width: rows.width, height: 1)
      screen.fill(line, style: Style(.text, on: surface))
      screen.put(
        entry.keys, in: line, style: Style(.hotKey, on: surface), alignment: .trailing)
      screen.put(
        entry.title, x: line.x, y: line.y,
        style: Style(isChosen ? .selectionText : .text, on: surface),
        limit: max(0, line.width - entry.keys.columns - 1))
    }
    if entries.isEmpty {
      screen.put("Nothing is called “\(query)”.", in: rows, style: Style(.secondary, on: .popup))
    }
  }
}

/// The line after ":" with its completions above it.
struct CommandView {
  let model: AppModel
  let line: CommandLine

  func draw(on screen: inout Screen, layout: AppLayout) {
    let row = layout.status.isEmpty ? screen.height - 1 : layout.status.y
    let completions = Completion.of(line.text, in: model)
    let shown = min(completions.count, max(0, min(8, row - 1)))
    let first = max(0, min((line.selection ?? 0) - shown / 2, completions.count - shown))
    let width = min(screen.width, 72)
    let detail = 4 + (completions.map(\.text.columns).max() ?? 0)
    for (index, completion) in completions.dropFirst(first).prefix(shown).enumerated() {
      let isChosen = first + index == line.selection
      let surface: ThemeRole = isChosen ? .selection : .popup
      let rect = Rect(x: 0, y: row - shown + index, width: width, height: 1)
      screen.fill(rect, style: Style(.text, on: surface))
      screen.put(
        completion.text, x: 2, y: rect.y, style: Style(.accent, on: surface), limit: width - 2)
      screen.put(
        completion.detail, x: max(16, detail), y: rect.y, style: Style(.secondary, on: surface),
        limit: max(0, width - max(16, detail) - 1))
    }
    let rect = Rect(x: 0, y: row, width: screen.width, height: 1)
    screen.fill(rect, style: Style(.text, on: .inputField))
    screen.put(":", x: 0, y: row, style: Style(.hotKey, on: .inputField, .bold))
    // The end of what is typed stays in sight.
    let room = max(0, screen.width - 2)
    let text = String(line.text.suffix(room))
    screen.put(text, x: 1, y: row, style: Style(.text, on: .inputField))
    screen.cursor = Screen.Position(x: 1 + text.columns, y: row)
  }
}
