/// Dots finer than cells: braille 2x4, blocks 2x2, or a character a cell.
struct PlotDots {
  let width: Int
  let height: Int
  let symbols: SymbolSet
  private var dots: [UInt8]
  private let columns: Int
  private let rows: Int

  init(width: Int, height: Int, symbols: SymbolSet) {
    self.width = max(0, width)
    self.height = max(0, height)
    self.symbols = symbols
    columns = symbols == .ascii ? 1 : 2
    rows = symbols == .braille ? 4 : symbols == .block ? 2 : 1
    dots = [UInt8](repeating: 0, count: self.width * self.height)
  }

  /// At 0…1 from the left and 0…1 from below.
  mutating func dot(_ x: Double, _ y: Double) {
    guard x.isFinite, y.isFinite, x >= 0, x <= 1, y >= 0, y <= 1, width > 0, height > 0 else {
      return
    }
    let column = Int((x * Double(width * columns - 1)).rounded())
    let row = Int(((1 - y) * Double(height * rows - 1)).rounded())
    let cell = row / rows * width + column / columns
    dots[cell] |= Self.bit(column % columns, row % rows, symbols)
  }

  /// A straight line, or one dot in every `every`.
  mutating func line(
    from: (x: Double, y: Double), to: (x: Double, y: Double), every: Int = 1
  ) {
    let steps = Int(
      max(
        abs(to.x - from.x) * Double(width * columns), abs(to.y - from.y) * Double(height * rows)
      )
      .rounded(.up))
    for step in stride(from: 0, through: max(1, min(steps, 10_000)), by: max(1, every)) {
      let share = Double(step) / Double(max(1, steps))
      dot(from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share)
    }
  }

  /// Puts what is set on the screen; what is not stays as it was.
  func flush(on screen: inout Screen, at rect: Rect, style: Style) {
    for y in 0..<min(height, rect.height) {
      for x in 0..<min(width, rect.width) where dots[y * width + x] != 0 {
        screen[rect.x + x, rect.y + y] = Cell(
          Self.glyph(dots[y * width + x], symbols), style: style)
      }
    }
  }

  private static func bit(_ column: Int, _ row: Int, _ symbols: SymbolSet) -> UInt8 {
    switch symbols {
    case .braille: [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]][column][row]
    case .block: [[1, 4], [2, 8]][column][row]
    case .ascii: 1
    }
  }

  private static func glyph(_ dots: UInt8, _ symbols: SymbolSet) -> Unicode.Scalar {
    switch symbols {
    case .braille: Unicode.Scalar(0x2800 + UInt32(dots)) ?? " "
    case .block: quadrants[Int(dots & 15)]
    case .ascii: "*"
    }
  }

  private static let quadrants: [Unicode.Scalar] = [
    " ", "▘", "▝", "▀", "▖", "▌", "▞", "▛", "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█",
  ]
}
