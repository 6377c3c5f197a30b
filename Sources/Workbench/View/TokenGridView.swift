import TokenizerEngine

/// One level's codes at one step, coloured by code.
struct TokenGridView {
  let grid: TokenLevel
  let place: TokenGridPlace
  let pyramid: TokenPyramid
  let model: AppModel
  let theme: Theme
  let cursor: TokenPosition?
  /// The code under the cursor, whose other places are lit.
  let code: UInt32?

  private var isFocused: Bool { cursor?.level == grid.level }
  private var isMuted: Bool { model.tokens.mutes.contains(level: grid.level) }
  private var step: Int { min(grid.stride.step(ofFrame: model.clip.playhead), grid.steps - 1) }

  func draw(on screen: inout Screen) {
    drawTitle(on: &screen)
    switch place.scale {
    case .half: drawHalves(on: &screen)
    case .cell: drawCells(on: &screen)
    case .tile: drawTiles(on: &screen)
    }
  }

  private func drawTitle(on screen: inout Screen) {
    let title = place.title
    let style = Style(
      .level(grid.level), on: isFocused ? .selection : .background, isFocused ? .bold : [])
    if isFocused { screen.fill(title, style: style) }
    var text = "L\(grid.level)"
    let details = [
      isMuted ? " muted" : " \(grid.rows)x\(grid.columns)",
      "  step \(step)/\(grid.steps - 1)",
      "  \(grid.stride.t)x\(grid.stride.y)x\(grid.stride.x) px",
    ]
    for detail in details where text.columns + detail.columns <= title.width { text += detail }
    screen.put(text, x: title.x, y: title.y, style: style, limit: title.width)
  }

  // MARK: What a token looks like

  private enum Role {
    case plain
    case cursor
    case same
    case related
  }

  private func role(row: Int, column: Int) -> Role {
    guard let cursor else { return .plain }
    if isFocused, row == cursor.row, column == cursor.column { return .cursor }
    if isFocused, let code, grid.code(step: step, row: row, column: column) == code { return .same }
    if !isFocused, related.rows.contains(row), related.columns.contains(column) { return .related }
    return .plain
  }

  /// The tokens of this level over the cursor's patch.
  private var related: (rows: Range<Int>, columns: Range<Int>) {
    guard let cursor, let from = pyramid[level: cursor.level] else { return (0..<0, 0..<0) }
    func span(_ index: Int, _ from: Int, _ to: Int) -> Range<Int> {
      let first = index * from / to
      return first..<max(first + 1, ((index + 1) * from + to - 1) / to)
    }
    return (
      span(cursor.row, from.stride.y, grid.stride.y),
      span(cursor.column, from.stride.x, grid.stride.x)
    )
  }

  private func color(row: Int, column: Int) -> RGB? {
    guard row < grid.rows, column < grid.columns else { return nil }
    guard let code = grid.code(step: step, row: row, column: column) else { return theme[.panel] }
    let color = TokenColors.color(of: code)
    if isMuted { return TokenColors.faded(color, towards: theme[.background], keeping: 0.2) }
    return color
  }

  // MARK: Three sizes

  private func drawHalves(on screen: inout Screen) {
    let rect = place.grid
    func shade(_ row: Int, _ column: Int) -> Color {
      switch role(row: row, column: column) {
      case .cursor: return .role(.playhead)
      case .same: return .role(.mark)
      case .related: return .role(.selectionText)
      case .plain: return color(row: row, column: column).map { .rgb($0) } ?? .role(.background)
      }
    }
    for y in 0..<rect.height {
      for x in 0..<rect.width {
        let row = place.firstRow + 2 * y
        let column = place.firstColumn + x
        guard column < grid.columns, row < grid.rows else { continue }
        screen[rect.x + x, rect.y + y] = Cell(
          "▀", style: Style(shade(row, column), on: shade(row + 1, column)))
      }
    }
  }

  private func drawCells(on screen: inout Screen) {
    let rect = place.grid
    for y in 0..<rect.height {
      for x in 0..<rect.width / 2 {
        let row = place.firstRow + y
        let column = place.firstColumn + x
        guard let color = color(row: row, column: column) else { continue }
        let (text, style) = marking(row: row, column: column, color: color)
        screen.put(text, x: rect.x + 2 * x, y: rect.y + y, style: style)
      }
    }
  }

  private func marking(row: Int, column: Int, color: RGB) -> (String, Style) {
    let ink = Style(.rgb(TokenColors.ink(on: color)), on: .rgb(color), .bold)
    switch role(row: row, column: column) {
    case .plain: return ("  ", ink)
    case .cursor: return ("[]", Style(.role(.background), on: .role(.playhead), .bold))
    case .same: return ("••", ink)
    case .related: return ("░░", ink)
    }
  }

  private func drawTiles(on screen: inout Screen) {
    let rect = place.grid
    for y in 0..<rect.height / 2 {
      for x in 0..<rect.width / 4 {
        let row = place.firstRow + y
        let column = place.firstColumn + x
        guard let color = color(row: row, column: column) else { continue }
        let (mark, style) = marking(row: row, column: column, color: color)
        let code = grid.code(step: step, row: row, column: column)
        let text = code.map { Numbers.hexadecimal($0, bits: pyramid.bits) } ?? ""
        let left = rect.x + 4 * x
        let top = rect.y + 2 * y
        let plain = Style(style.foreground, on: style.background, mark == "[]" ? .bold : [])
        screen.put(text.padded(to: 4), x: left, y: top, style: plain, limit: 4)
        screen.put(mark == "[]" ? "▔▔▔▔" : mark + mark, x: left, y: top + 1, style: style)
      }
    }
  }
}

extension String {
  /// With spaces behind, to at least so many characters.
  func padded(to width: Int) -> String {
    let missing = width - columns
    return missing > 0 ? self + String(repeating: " ", count: missing) : self
  }
}
