/// Dots finer than cells: 2x4 in braille, 2x2 in blocks, one letter in ASCII.
package struct DotCanvas: Sendable {
  /// In cells.
  package let size: Size
  private let symbols: SymbolSet
  private var masks: [UInt8]
  private var colors: [Color]

  /// Bits of U+2800 for the dots of a cell, row by row.
  static let brailleBits: [UInt32] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]

  private static let blocks: [Unicode.Scalar] = [
    " ", "▘", "▝", "▀", "▖", "▌", "▞", "▛", "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█",
  ]

  package init(size: Size, symbols: SymbolSet) {
    self.size = size
    self.symbols = symbols
    masks = Array(repeating: 0, count: size.area)
    colors = Array(repeating: .standard, count: size.area)
  }

  /// Dots across and down.
  package var width: Int { size.width * (symbols == .ascii ? 1 : 2) }
  package var height: Int { size.height * (symbols == .braille ? 4 : symbols == .block ? 2 : 1) }

  package mutating func set(x: Int, y: Int, color: Color) {
    guard x >= 0, y >= 0, x < width, y < height else { return }
    let cell: Int
    switch symbols {
    case .braille:
      cell = y / 4 * size.width + x / 2
      masks[cell] |= UInt8(Self.brailleBits[y % 4 * 2 + x % 2])
    case .block:
      cell = y / 2 * size.width + x / 2
      masks[cell] |= 1 << UInt8(y % 2 * 2 + x % 2)
    case .ascii:
      cell = y * size.width + x
      masks[cell] = 1
    }
    colors[cell] = color
  }

  /// A line between two dots (Bresenham), cut to the canvas.
  package mutating func line(
    from start: (x: Int, y: Int), to end: (x: Int, y: Int), color: Color
  ) {
    var (x, y) = start
    let (dx, dy) = (abs(end.x - x), -abs(end.y - y))
    let (stepX, stepY) = (x < end.x ? 1 : -1, y < end.y ? 1 : -1)
    var error = dx + dy
    // Places far outside would make the loop long without showing anything.
    guard dx <= 8 * width + 64, -dy <= 8 * height + 64 else { return }
    while true {
      set(x: x, y: y, color: color)
      if x == end.x, y == end.y { return }
      let doubled = 2 * error
      if doubled >= dy {
        error += dy
        x += stepX
      }
      if doubled <= dx {
        error += dx
        y += stepY
      }
    }
  }

  func cell(x: Int, y: Int, background: Color, marker: Unicode.Scalar) -> Cell? {
    let mask = masks[y * size.width + x]
    guard mask != 0 else { return nil }
    let glyph: Unicode.Scalar =
      switch symbols {
      case .braille: Unicode.Scalar(0x2800 | UInt32(mask)) ?? " "
      case .block: Self.blocks[Int(mask & 15)]
      case .ascii: marker
      }
    return Cell(glyph, style: Style(colors[y * size.width + x], on: background))
  }
}

extension Screen {
  /// Puts the dots of a canvas over what is there, on the background that is there.
  package mutating func draw(_ canvas: DotCanvas, x: Int, y: Int, marker: Unicode.Scalar = "*") {
    for row in 0..<canvas.size.height {
      for column in 0..<canvas.size.width {
        let background = self[x + column, y + row].style.background
        guard
          let cell = canvas.cell(x: column, y: row, background: background, marker: marker)
        else { continue }
        place(cell, columns: 1, x: x + column, y: y + row)
      }
    }
  }
}
