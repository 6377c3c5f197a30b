/// A title in a box's border; its hot key is shown in the theme's key colour.
package struct BoxTitle: Hashable, Sendable {
  package let text: String
  package let hotKey: Character?

  package init(_ text: String, hotKey: Character? = nil) {
    self.text = text
    self.hotKey = hotKey
  }
}

extension Screen {
  /// Draws a border with titles in it, clears its inside, and returns the inside.
  ///
  /// `titles` stand from the left in the upper border, `footers` from the right in the lower one.
  @discardableResult
  package mutating func box(
    _ rect: Rect, titles: [BoxTitle] = [], footers: [BoxTitle] = [], isFocused: Bool = false,
    background: ThemeRole = .background
  ) -> Rect {
    guard rect.width >= 2, rect.height >= 2 else {
      fill(rect, style: Style(.text, on: background))
      return Rect(x: rect.x, y: rect.y, width: 0, height: 0)
    }
    let line = Style(isFocused ? .borderFocused : .border, on: background)
    fill(rect, style: Style(.text, on: background))
    horizontalLine(x: rect.x, y: rect.y, length: rect.width, style: line)
    horizontalLine(x: rect.x, y: rect.maxY - 1, length: rect.width, style: line)
    verticalLine(x: rect.x, y: rect.y, length: rect.height, style: line)
    verticalLine(x: rect.maxX - 1, y: rect.y, length: rect.height, style: line)
    for (x, y, corner) in [
      (rect.x, rect.y, "╭"), (rect.maxX - 1, rect.y, "╮"), (rect.x, rect.maxY - 1, "╰"),
      (rect.maxX - 1, rect.maxY - 1, "╯"),
    ] { put(corner, x: x, y: y, style: line) }

    var x = rect.x + 2
    for title in titles {
      let room = rect.maxX - 2 - x
      guard room >= 5 else { break }
      x += put(title, x: x, y: rect.y, room: room, line: line, isFocused: isFocused) + 1
    }
    var end = rect.maxX - 2
    for footer in footers.reversed() {
      let columns = footer.text.columns + 2
      guard end - columns > rect.x else { break }
      put(
        footer, x: end - columns, y: rect.maxY - 1, room: columns, line: line, isFocused: isFocused)
      end -= columns + 1
    }
    return rect.inset()
  }

  @discardableResult
  private mutating func put(
    _ title: BoxTitle, x: Int, y: Int, room: Int, line: Style, isFocused: Bool
  ) -> Int {
    let text = title.text.clipped(to: room - 2)
    let style = Style(.role(.title), on: line.background, isFocused ? .bold : [])
    put(" ", x: x, y: y, style: style)
    let used = put(text, x: x + 1, y: y, style: style)
    put(" ", x: x + 1 + used, y: y, style: style)
    if let key = title.hotKey, let place = text.firstIndex(of: key) {
      let before = String(text[..<place]).columns
      put(
        String(key), x: x + 1 + before, y: y,
        style: Style(.role(.hotKey), on: line.background, .bold))
    }
    return used + 2
  }
}
