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
  /// For how many bits differ from another model's, while that is looked at.
  let driftColors: Gradient?

  private var isFocused: Bool { cursor?.level == grid.level }
  private var isMuted: Bool { model.tokens.mutes.contains(level: grid.level) }
  /// The box that was begun, if it is one of this level.
  private var box: TokenBox? {
    guard isFocused, let anchor = model.tokens.editing.anchor, anchor.level == grid.level,
      let cursor
    else { return nil }
    return TokenBox(anchor, cursor)
  }

  /// How far another model's tokens are from these, while that is looked at.
  private var drift: TokenDrift.Level? { model.tokens.drift?[level: grid.level] }

  private var step: Int { min(grid.stride.step(ofFrame: model.clip.playhead), grid.steps - 1) }

  func draw(on screen: inout Screen) {
    drawTitle(on: &screen)
    if place.scale.isHalf { drawHalves(on: &screen) } else { drawTiles(on: &screen) }
  }

  private func drawTitle(on screen: inout Screen) {
    let title = place.title
    let style = Style(
      isFocused ? .selectionText : .level(grid.level), on: isFocused ? .selection : .background,
      isFocused ? .bold : [])
    if isFocused { screen.fill(title, style: style) }
    var text = "L\(grid.level)"
    let details = [
      drift.map { " changed " + ($0.changedShare.map { Numbers.percent($0) } ?? "…") }
        ?? (isMuted ? " muted" : " " + extent),
      "  step \(step)/\(grid.steps - 1)",
      "  \(grid.stride.t)x\(grid.stride.y)x\(grid.stride.x) px",
    ]
    for detail in details where text.columns + detail.columns <= title.width { text += detail }
    screen.put(text, x: title.x, y: title.y, style: style, limit: title.width)
  }

  /// Rows x columns, and which of them are seen where some are not.
  private var extent: String {
    let size = place.grid.size
    let rows = size.height * 2 / place.scale.halfRows
    let columns = size.width / place.scale.columns
    if rows < grid.rows {
      return "rows \(place.firstRow)–\(place.firstRow + rows - 1) of \(grid.rows)"
    }
    if columns < grid.columns {
      let last = place.firstColumn + columns - 1
      return "columns \(place.firstColumn)–\(last) of \(grid.columns)"
    }
    return "\(grid.rows)x\(grid.columns)"
  }

  // MARK: What a token looks like

  private enum Role {
    case plain
    case cursor
    case same
    case related
    case chosen
  }

  private func role(row: Int, column: Int) -> Role {
    guard let cursor else { return .plain }
    if isFocused, row == cursor.row, column == cursor.column { return .cursor }
    if let box,
      box.contains(
        TokenPosition(level: grid.level, step: step, row: row, column: column))
    {
      return .chosen
    }
    if let here = grid.code(step: step, row: row, column: column),
      model.brush?.lights(here, bits: grid.bits) ?? (here == code)
    {
      return .same
    }
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
    if let drift {
      guard let bits = drift.distance(step: step, row: row, column: column) else {
        return theme[.panel]
      }
      // Half of the bits differ where two models have nothing in common.
      return driftColors?.color(at: 2 * Double(bits) / Double(grid.bits))
    }
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
      case .chosen: return .role(.accent)
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

  /// The rows of text on a token, and their style.
  private func face(row: Int, column: Int, color: RGB) -> (lines: [String], style: Style) {
    let width = place.scale.columns
    let code = grid.code(step: step, row: row, column: column)
    let name =
      drift.map { driftName($0.distance(step: step, row: row, column: column)) }
      ?? code.map { self.name($0, width: width) } ?? ""
    let role = role(row: row, column: column)
    var style = Style(.rgb(TokenColors.ink(on: color)), on: .rgb(color))
    if model.look.isMonochrome {
      style = Style(
        .text, on: .background, role == .cursor ? .reverse : role == .plain ? [] : .bold)
    } else if role == .cursor {
      style = Style(.role(.background), on: .role(.playhead), .bold)
    }
    let mark = mark(role, width: width)
    // Where there is one row, a mark stands instead of the name.
    if place.scale.rows == 1 { return ([role == .plain || name.count == 1 ? name : mark], style) }
    return ([name, mark], style)
  }

  private func mark(_ role: Role, width: Int) -> String {
    switch role {
    case .plain: ""
    case .cursor: width == 2 && place.scale.rows == 1 ? "[]" : String(repeating: "▔", count: width)
    case .same: String(repeating: "•", count: width)
    case .related: String(repeating: "░", count: width)
    case .chosen: String(repeating: "▪", count: width)
    }
  }

  /// The code where there is room, its hash in one or two characters where colours are missing.
  private func name(_ code: UInt32, width: Int) -> String {
    if width >= (pyramid.bits + 3) / 4 { return Numbers.hexadecimal(code, bits: pyramid.bits) }
    return model.look.usesLetters ? TokenColors.letters(of: code, count: min(2, width)) : ""
  }

  /// How many bits differ, where there is a letter's room and no colour, or room to spare.
  private func driftName(_ bits: Int?) -> String {
    guard let bits else { return "" }
    let isWide = place.scale.columns > 2
    guard model.look.usesLetters || isWide else { return "" }
    return isWide ? "\(bits)" : String(bits, radix: 32)
  }

  private func drawTiles(on screen: inout Screen) {
    let rect = place.grid
    let (width, height) = (place.scale.columns, place.scale.rows)
    for y in 0..<(rect.height + height - 1) / height {
      for x in 0..<rect.width / width {
        let row = place.firstRow + y
        let column = place.firstColumn + x
        guard let color = color(row: row, column: column) else { continue }
        let (lines, style) = face(row: row, column: column, color: color)
        let tile = Rect(
          x: rect.x + width * x, y: rect.y + height * y, width: width, height: height
        ).intersection(rect)
        screen.fill(tile, style: style)
        let first = max(0, (height - lines.count) / 2)
        for (offset, line) in lines.enumerated() {
          screen.put(line, in: tile, row: first + offset, style: style, alignment: .centre)
        }
      }
    }
  }
}
