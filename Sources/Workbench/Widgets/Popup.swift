/// A list of keys under headings, in a box over everything else.
package struct HelpList: Sendable {
  package struct Section: Sendable {
    package var title: String
    package var hints: [KeyHint]
    package init(_ title: String, _ hints: [KeyHint]) {
      self.title = title
      self.hints = hints
    }
  }

  package var sections: [Section]
  /// Only hints that contain this are shown, whatever its case.
  package var filter = ""
  /// Lines hidden above.
  package var scroll = 0

  package init(sections: [Section]) { self.sections = sections }

  fileprivate enum Line {
    case title(String)
    case hint(KeyHint)
    case empty
  }

  fileprivate var lines: [Line] {
    let wanted = filter.lowercased()
    var lines: [Line] = []
    for section in sections {
      let hints = section.hints.filter {
        wanted.isEmpty || $0.action.lowercased().contains(wanted)
          || $0.key.lowercased().contains(wanted)
      }
      guard !hints.isEmpty else { continue }
      if !lines.isEmpty { lines.append(.empty) }
      lines.append(.title(section.title))
      lines += hints.map { .hint($0) }
    }
    return lines
  }

  /// Lines in all, to keep `scroll` in bounds.
  package var lineCount: Int { lines.count }
}

extension Screen {
  /// A box of at most `size` in the middle of the screen, above everything; returns its inside.
  @discardableResult
  package mutating func popup(
    _ size: Size, titles: [BoxTitle], footers: [BoxTitle] = []
  ) -> Rect {
    let rect = bounds.centred(Size(width: size.width, height: size.height))
    return box(rect, titles: titles, footers: footers, isFocused: true, background: .popup)
  }

  package mutating func draw(_ help: HelpList, title: String = "Help") {
    let lines = help.lines
    let inside = popup(
      Size(width: min(width - 2, 72), height: min(height - 2, lines.count + 4)),
      titles: [BoxTitle(title)], footers: [BoxTitle("Esc close", hotKey: "E")])
    guard !inside.isEmpty else { return }
    let (list, search) = inside.splitBottom(inside.height > 3 ? 1 : 0)
    put(
      help.filter.isEmpty ? "/ type to search" : "/ " + help.filter, in: search,
      style: Style(.secondary, on: .popup))
    if lines.isEmpty {
      put("Nothing matches.", in: list, style: Style(.secondary, on: .popup))
    }
    let first = min(max(0, help.scroll), max(0, lines.count - list.height))
    for (row, line) in lines.dropFirst(first).prefix(list.height).enumerated() {
      switch line {
      case .empty: break
      case .title(let text):
        put(text, in: list, row: row, style: Style(.accent, on: .popup, .bold))
      case .hint(let hint):
        let keys = min(22, list.width / 3)
        put(
          hint.key, x: list.x + 1, y: list.y + row, style: Style(.hotKey, on: .popup),
          limit: max(0, keys - 1))
        put(
          hint.action, x: list.x + 1 + keys, y: list.y + row, style: Style(.text, on: .popup),
          limit: max(0, list.width - 1 - keys))
      }
    }
  }
}
