/// A line of text being typed: a value, changed by keys.
package struct TextInput: Hashable, Sendable {
  package private(set) var characters: [Character]
  /// Characters before the cursor.
  package private(set) var cursor: Int

  package init(_ text: String = "") {
    characters = Array(text)
    cursor = characters.count
  }

  package var text: String { String(characters) }

  /// Takes a key; false if it is none for editing.
  package mutating func take(_ key: Key) -> Bool {
    switch key {
    case .character(let character): insert([character])
    case .paste(let text): insert(text.map { $0 == "\n" || $0 == "\t" ? " " : $0 })
    case .backspace, .control("h"): remove(from: cursor - 1, to: cursor)
    case .delete, .control("d"): remove(from: cursor, to: cursor + 1)
    case .left, .control("b"): cursor = max(0, cursor - 1)
    case .right, .control("f"): cursor = min(characters.count, cursor + 1)
    case .home, .control("a"): cursor = 0
    case .end, .control("e"): cursor = characters.count
    case .control("u"): remove(from: 0, to: cursor)
    case .control("k"): remove(from: cursor, to: characters.count)
    case .control("w"), .named(.backspace, .alt): remove(from: wordStart, to: cursor)
    case .named(.left, .control), .alt("b"): cursor = wordStart
    case .named(.right, .control), .alt("f"): cursor = wordEnd
    default: return false
    }
    return true
  }

  private mutating func insert(_ new: [Character]) {
    characters.insert(contentsOf: new, at: cursor)
    cursor += new.count
  }

  private mutating func remove(from start: Int, to end: Int) {
    let range = max(0, start)..<min(characters.count, max(0, end))
    characters.removeSubrange(range)
    cursor = range.lowerBound
  }

  private var wordStart: Int {
    var place = cursor
    while place > 0, characters[place - 1] == " " { place -= 1 }
    while place > 0, characters[place - 1] != " " { place -= 1 }
    return place
  }

  private var wordEnd: Int {
    var place = cursor
    while place < characters.count, characters[place] == " " { place += 1 }
    while place < characters.count, characters[place] != " " { place += 1 }
    return place
  }
}

extension Screen {
  /// Draws the line with a prompt before it and puts the screen's cursor in it.
  package mutating func draw(
    _ input: TextInput, prompt: String, in rect: Rect, hint: String = ""
  ) {
    guard !rect.isEmpty else { return }
    let field = Style(.text, on: .inputField)
    fill(Rect(x: rect.x, y: rect.y, width: rect.width, height: 1), style: field)
    let start =
      rect.x
      + put(prompt, x: rect.x, y: rect.y, style: Style(.accent, on: .inputField), limit: rect.width)
    let room = max(1, rect.maxX - start - 1)
    // Characters are dropped at the left until the cursor fits.
    var first = 0
    while String(input.characters[first..<input.cursor]).columns > room { first += 1 }
    let shown = String(input.characters[first...])
    if input.characters.isEmpty {
      put(hint, x: start, y: rect.y, style: Style(.secondary, on: .inputField), limit: room)
    }
    put(shown, x: start, y: rect.y, style: field, limit: max(0, rect.maxX - start))
    cursor = Position(
      x: min(rect.maxX - 1, start + String(input.characters[first..<input.cursor]).columns),
      y: rect.y)
  }
}
