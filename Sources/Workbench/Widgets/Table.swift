/// Rows of text under headings, one of them chosen.
package struct Table: Sendable {
  package struct Column: Sendable {
    package var title: String
    package var alignment: Alignment
    /// Columns it takes; nil shares what the others leave.
    package var width: Int?

    package init(_ title: String, width: Int? = nil, alignment: Alignment = .leading) {
      self.title = title
      self.width = width
      self.alignment = alignment
    }
  }

  package struct Row: Sendable {
    package var cells: [String]
    package var style: Style
    package init(_ cells: [String], style: Style = .plain) {
      self.cells = cells
      self.style = style
    }
  }

  package var columns: [Column]
  package var rows: [Row]
  package var selection: Int?

  package init(columns: [Column], rows: [Row], selection: Int? = nil) {
    self.columns = columns
    self.rows = rows
    self.selection = selection
  }

  /// The first row shown, so that the chosen one is among `count`.
  package func firstRow(showing count: Int) -> Int {
    guard let selection, count > 0, rows.count > count else { return 0 }
    return min(max(0, selection - count / 2), rows.count - count)
  }

  fileprivate func widths(in total: Int) -> [Int] {
    let fixed = columns.reduce(0) { $0 + ($1.width ?? 0) } + max(0, columns.count - 1)
    let sharing = columns.count { $0.width == nil }
    var rest = max(0, total - fixed)
    var left = sharing
    return columns.map { column in
      if let width = column.width { return width }
      let share = rest / max(1, left)
      rest -= share
      left -= 1
      return share
    }
  }
}

extension Screen {
  /// Draws headings and as many rows as fit, around the chosen one.
  package mutating func draw(_ table: Table, in rect: Rect) {
    guard !rect.isEmpty else { return }
    let widths = table.widths(in: rect.width)
    let background = self[rect.x, rect.y].style.background
    put(
      table.columns.map(\.title), widths, table.columns, in: rect, row: 0,
      style: Style(.role(.secondary), on: background, .underline))
    let room = rect.height - 1
    let first = table.firstRow(showing: room)
    for (place, row) in table.rows.dropFirst(first).prefix(max(0, room)).enumerated() {
      let isChosen = table.selection == first + place
      let style = isChosen ? Style(.selectionText, on: .selection) : row.style.on(background)
      if isChosen {
        fill(Rect(x: rect.x, y: rect.y + 1 + place, width: rect.width, height: 1), style: style)
      }
      put(row.cells, widths, table.columns, in: rect, row: place + 1, style: style)
    }
    drawScrollMark(first: first, shown: room, of: table.rows.count, in: rect)
  }

  private mutating func put(
    _ texts: [String], _ widths: [Int], _ columns: [Table.Column], in rect: Rect, row: Int,
    style: Style
  ) {
    var x = rect.x
    for (index, text) in texts.prefix(columns.count).enumerated() where x < rect.maxX {
      let width = min(widths[index], rect.maxX - x)
      put(
        text.padded(to: width, alignment: columns[index].alignment), x: x, y: rect.y + row,
        style: style, limit: width)
      x += widths[index] + 1
    }
  }

  private mutating func drawScrollMark(first: Int, shown: Int, of count: Int, in rect: Rect) {
    guard shown > 0, count > shown else { return }
    let y = rect.y + 1 + first * (shown - 1) / max(1, count - shown)
    put("▐", x: rect.maxX - 1, y: y, foreground: .role(.accent))
  }
}
