/// One cell of a screen: a scalar, at most one mark on it, and a style.
package struct Cell: Hashable, Sendable {
  /// A scalar of width 1 or 2; 0 in the right half of a wide one.
  package var scalar: UInt32
  /// A combining mark drawn over the scalar; 0 for none.
  package var mark: UInt32
  package var style: Style

  package static let blank = Cell(" ")

  package init(_ scalar: Unicode.Scalar, mark: UInt32 = 0, style: Style = .plain) {
    self.scalar = scalar.value
    self.mark = mark
    self.style = style
  }

  /// The right half of a wide scalar.
  package static func continuation(style: Style) -> Cell {
    var cell = Cell(" ", style: style)
    cell.scalar = 0
    return cell
  }

  package var isContinuation: Bool { scalar == 0 }

  /// What the cell shows; empty in the right half of a wide scalar.
  package var text: String {
    guard let base = Unicode.Scalar(scalar), scalar != 0 else { return "" }
    var text = String(Character(base))
    if mark != 0, let mark = Unicode.Scalar(mark) { text.unicodeScalars.append(mark) }
    return text
  }
}
