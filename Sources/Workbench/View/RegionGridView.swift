import Tokenization
import TokenizerEngine

/// A level's tokens at the playhead: those that are made anew in full colour, the others faded.
struct RegionGridView {
  let model: AppModel
  let grid: TokenLevel
  let place: RegionGridPlace
  let mask: RegionMask
  let theme: Theme
  let isPlain: Bool

  private var step: Int { min(grid.stride.step(ofFrame: model.clip.playhead), grid.steps - 1) }
  private var isChosen: Bool { model.generate.region.levels.contains(grid.level) }

  func draw(on screen: inout Screen) {
    let isFocused = model.tokens.level == grid.level
    let count = mask.count
    let style = Style(
      isChosen ? .level(grid.level) : .secondary, on: .background, isFocused ? .bold : [])
    let used = screen.put(
      (isFocused ? "▸" : " ") + "L\(grid.level) ", x: place.title.x, y: place.title.y,
      style: style, limit: place.title.width)
    screen.put(
      isChosen ? count == 0 ? "none" : Numbers.grouped(count) : "kept", x: place.title.x + used,
      y: place.title.y, style: Style(isChosen ? .text : .secondary),
      limit: place.title.width - used)
    let rect = place.grid
    for y in 0..<rect.height {
      for x in 0..<min(rect.width, grid.columns * place.scale) {
        let column = x / place.scale
        let (upper, lower) = (2 * y / place.scale, (2 * y + 1) / place.scale)
        guard upper < grid.rows else { continue }
        screen[rect.x + x, rect.y + y] =
          isPlain
          ? plain(upper, lower, column)
          : Cell("▀", style: Style(color(upper, column), on: color(lower, column)))
      }
    }
  }

  private func isAnew(_ row: Int, _ column: Int) -> Bool {
    row < grid.rows && mask.contains(t: step, y: row, x: column)
  }

  /// Without colours only what is made anew shows.
  private func plain(_ upper: Int, _ lower: Int, _ column: Int) -> Cell {
    switch (isAnew(upper, column), isAnew(lower, column)) {
    case (true, true): Cell("█", style: Style(.text))
    case (true, false): Cell(lower < grid.rows ? "▀" : "█", style: Style(.text))
    case (false, true): Cell("▄", style: Style(.text))
    case (false, false): Cell("·", style: Style(.secondary))
    }
  }

  private func color(_ row: Int, _ column: Int) -> Color {
    guard row < grid.rows else { return .role(.background) }
    let isAnew = isAnew(row, column)
    var code = grid.code(step: step, row: row, column: column)
    // What is not drawn yet still has its old colour, faded; it lights up when it is.
    var isBright = isAnew
    switch model.generate.result?.token(
      level: grid.level, step: step, row: row, column: column, columns: grid.columns)
    {
    case .code(let made): code = made
    case .open: isBright = false
    case nil: break
    }
    guard let code else { return .role(isBright ? .accent : .panel) }
    let color = TokenColors.color(of: code)
    return .rgb(
      isBright ? color : TokenColors.faded(color, towards: theme[.background], keeping: 0.22))
  }
}
