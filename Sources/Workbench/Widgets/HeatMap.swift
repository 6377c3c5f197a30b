/// Values as colours, two rows in a cell.
package struct HeatMap: Sendable {
  package let width: Int
  package let height: Int
  /// Row by row, 0…1; what is not finite stays background.
  package let values: [Double]
  package let gradient: Gradient

  package init(width: Int, height: Int, values: [Double], gradient: Gradient) {
    precondition(
      values.count == width * height,
      "A map of \(width)x\(height) needs \(width * height) values, not \(values.count).")
    self.width = width
    self.height = height
    self.values = values
    self.gradient = gradient
  }

  /// The value under a place of a drawn map; nil outside.
  package func place(x: Int, y: Int, in size: Size) -> (column: Int, row: Int)? {
    guard x >= 0, y >= 0, x < size.width, y < size.height, width > 0, height > 0 else {
      return nil
    }
    return (x * width / size.width, y * height / size.height)
  }
}

extension Screen {
  /// Draws a map so that it fills `rect`; smaller maps are enlarged, larger ones show maxima.
  package mutating func draw(_ map: HeatMap, in rect: Rect, context: DrawingContext) {
    guard map.width > 0, map.height > 0 else { return }
    if context.isMonochrome || context.symbols == .ascii {
      drawShades(map, in: rect, context: context)
      return
    }
    for row in 0..<rect.height {
      for column in 0..<rect.width {
        let (x, y) = (rect.x + column, rect.y + row)
        let below = self[x, y].style.background
        let colors = (0..<2).map { half in
          map.value(x: column, y: 2 * row + half, width: rect.width, height: 2 * rect.height)
            .map { Color.rgb(map.gradient.color(at: $0)) } ?? below
        }
        let glyph: Unicode.Scalar = colors[0] == colors[1] ? " " : "▀"
        self[x, y] = Cell(glyph, style: Style(colors[0], on: colors[1]))
      }
    }
  }

  private mutating func drawShades(_ map: HeatMap, in rect: Rect, context: DrawingContext) {
    let ramp: [Unicode.Scalar] =
      context.symbols == .ascii ? [" ", ".", ":", "+", "#", "@"] : [" ", "░", "▒", "▓", "█"]
    for row in 0..<rect.height {
      for column in 0..<rect.width {
        let value = map.value(x: column, y: row, width: rect.width, height: rect.height) ?? 0
        let step = Int((min(max(value, 0), 1) * Double(ramp.count - 1)).rounded(.up))
        self[rect.x + column, rect.y + row] = Cell(
          ramp[step],
          style: Style(
            .role(.text), on: self[rect.x + column, rect.y + row].style.background))
      }
    }
  }
}

extension HeatMap {
  /// The largest value under one of `width` x `height` drawn places; nil if none is finite.
  fileprivate func value(x: Int, y: Int, width: Int, height: Int) -> Double? {
    let columns =
      x * self.width / width..<max(x * self.width / width + 1, (x + 1) * self.width / width)
    let rows =
      y * self.height / height..<max(y * self.height / height + 1, (y + 1) * self.height / height)
    var largest: Double?
    for row in rows {
      for column in columns {
        let value = values[row * self.width + column]
        if value.isFinite, value > largest ?? -.infinity { largest = value }
      }
    }
    return largest
  }
}
