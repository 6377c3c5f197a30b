/// A grid of cells: what a view draws, what a test compares, what the terminal shows.
///
/// Every drawing function clips to the screen; nothing here can fail, whatever the numbers.
package struct Screen: Equatable, Sendable {
  package let size: Size
  /// Row by row, `size.area` of them.
  package internal(set) var cells: [Cell]
  /// Where the text cursor stands while something is typed; nil hides it.
  package var cursor: Position?

  package struct Position: Hashable, Sendable {
    package let x: Int
    package let y: Int
    package init(x: Int, y: Int) {
      self.x = x
      self.y = y
    }
  }

  package init(size: Size, style: Style = .plain) {
    self.size = size
    cells = Array(repeating: Cell(" ", style: style), count: size.area)
  }

  package var width: Int { size.width }
  package var height: Int { size.height }
  package var bounds: Rect { Rect(size) }

  /// The cell at a place; blank outside, and writing there does nothing.
  package subscript(x: Int, y: Int) -> Cell {
    get { bounds.contains(x: x, y: y) ? cells[y * width + x] : .blank }
    set {
      guard bounds.contains(x: x, y: y) else { return }
      cells[y * width + x] = newValue
    }
  }

  /// The rows as text, without trailing spaces, each ended by a newline.
  package var text: String {
    var text = ""
    for y in 0..<height {
      text += row(y)
      text += "\n"
    }
    return text
  }

  /// One row as text, without trailing spaces.
  package func row(_ y: Int) -> String {
    guard y >= 0, y < height else { return "" }
    var row = ""
    for cell in cells[y * width..<(y + 1) * width] { row += cell.text }
    while row.last == " " { row.removeLast() }
    return row
  }
}
