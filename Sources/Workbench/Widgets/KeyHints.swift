/// A key and what it does, for the footer and the help.
package struct KeyHint: Hashable, Sendable {
  package let key: String
  package let action: String

  package init(_ key: String, _ action: String) {
    self.key = key
    self.action = action
  }
}

extension Screen {
  /// Draws as many hints as fit on a row, the first ones first.
  package mutating func keyHints(
    _ hints: [KeyHint], in rect: Rect, background: ThemeRole = .panel
  ) {
    guard !rect.isEmpty else { return }
    fill(
      Rect(x: rect.x, y: rect.y, width: rect.width, height: 1), style: Style(.text, on: background))
    var x = rect.x + 1
    for hint in hints {
      let needed = hint.key.columns + 1 + hint.action.columns
      guard x + needed <= rect.maxX else { continue }
      x += put(hint.key, x: x, y: rect.y, style: Style(.hotKey, on: background, .bold)) + 1
      x += put(hint.action, x: x, y: rect.y, style: Style(.secondary, on: background)) + 2
    }
  }
}
