extension Screen {
  /// Writes text on one row and returns the columns it took; at most `limit` of them are used.
  ///
  /// Clipped text ends in an ellipsis.
  @discardableResult
  package mutating func put(
    _ text: String, x: Int, y: Int, style: Style = .plain, limit: Int = .max
  ) -> Int {
    let room = min(limit, max(0, width - x))
    let text = text.clipped(to: room)
    var column = x
    for scalar in text.unicodeScalars {
      let columns = scalar.columns
      if columns == 0 {
        addMark(scalar, x: column - 1, y: y)
        continue
      }
      place(Cell(scalar, style: style), columns: columns, x: column, y: y)
      column += columns
    }
    return column - x
  }

  /// Writes text in the foreground given, on whatever background is there.
  @discardableResult
  package mutating func put(
    _ text: String, x: Int, y: Int, foreground: Color, _ attributes: Attributes = [],
    limit: Int = .max
  ) -> Int {
    var used = 0
    for scalar in text.clipped(to: min(limit, max(0, width - x))).unicodeScalars {
      let columns = scalar.columns
      let style = Style(foreground, on: self[x + used, y].style.background, attributes)
      guard columns > 0 else { continue }
      place(Cell(scalar, style: style), columns: columns, x: x + used, y: y)
      used += columns
    }
    return used
  }

  /// Writes text into `rect`'s row `row`, aligned and clipped to its width.
  package mutating func put(
    _ text: String, in rect: Rect, row: Int = 0, style: Style = .plain,
    alignment: Alignment = .leading
  ) {
    guard row >= 0, row < rect.height else { return }
    let text = text.clipped(to: rect.width)
    let free = rect.width - text.columns
    let offset =
      switch alignment {
      case .leading: 0
      case .centre: free / 2
      case .trailing: free
      }
    put(text, x: rect.x + offset, y: rect.y + row, style: style, limit: rect.width)
  }

  /// Fills a rectangle with one cell.
  package mutating func fill(_ rect: Rect, _ cell: Cell) {
    let rect = rect.intersection(bounds)
    for y in rect.y..<rect.maxY where !rect.isEmpty {
      for x in rect.x..<rect.maxX { place(cell, columns: 1, x: x, y: y) }
    }
  }

  package mutating func fill(_ rect: Rect, style: Style = .plain) {
    fill(rect, Cell(" ", style: style))
  }

  /// Changes the style of what is already there.
  package mutating func restyle(_ rect: Rect, _ change: (inout Style) -> Void) {
    let rect = rect.intersection(bounds)
    for y in rect.y..<rect.maxY where !rect.isEmpty {
      for x in rect.x..<rect.maxX { change(&cells[y * width + x].style) }
    }
  }

  package mutating func horizontalLine(
    x: Int, y: Int, length: Int, style: Style = Style(.border), scalar: Unicode.Scalar = "─"
  ) {
    fill(Rect(x: x, y: y, width: length, height: 1), Cell(scalar, style: style))
  }

  package mutating func verticalLine(
    x: Int, y: Int, length: Int, style: Style = Style(.border), scalar: Unicode.Scalar = "│"
  ) {
    fill(Rect(x: x, y: y, width: 1, height: length), Cell(scalar, style: style))
  }

  /// Copies another screen's cells to a place on this one.
  package mutating func draw(_ other: Screen, x: Int, y: Int) {
    for row in 0..<other.height {
      for column in 0..<other.width {
        self[x + column, y + row] = other.cells[row * other.width + column]
      }
    }
  }

  private mutating func addMark(_ mark: Unicode.Scalar, x: Int, y: Int) {
    let base = self[x, y].isContinuation ? x - 1 : x
    guard mark.value >= 0x300, mark.value != 0x200b, self[base, y].mark == 0 else { return }
    self[base, y].mark = mark.value
  }

  /// Writes a cell and heals the halves of wide scalars that it cuts.
  mutating func place(_ cell: Cell, columns: Int, x: Int, y: Int) {
    guard bounds.contains(x: x, y: y), columns == 1 || x + 1 < width else { return }
    let index = y * width + x
    if cells[index].isContinuation, x > 0 { cells[index - 1].scalar = 32 }
    let last = index + columns - 1
    if x + columns < width, cells[last + 1].isContinuation { cells[last + 1].scalar = 32 }
    cells[index] = cell
    if columns == 2 { cells[index + 1] = .continuation(style: cell.style) }
  }
}
