import TokenizerEngine

/// Where a brush is lit: on the picture, in every level's grid, and over time.
struct LinkedView {
  let model: AppModel
  let drawing: FrameDrawing
  let context: DrawingContext
  let brush: Brush

  func draw(on screen: inout Screen, in rect: Rect) {
    guard let pyramid = model.tokens.pyramid, rect.height >= 4 else { return }
    let levels = pyramid.levels
    let (top, below) = rect.splitTop(1)
    screen.put(
      brush.title(bits: pyramid.bits) + ", frame \(model.clip.playhead)", in: top,
      style: Style(.title, on: .background, .bold))
    let (upper, strips) = below.splitBottom(min(levels.count + 1, below.height / 3))
    drawStrips(levels, on: &screen, in: strips)
    let gridRows = LitGrids.rows(levels, width: upper.width)
    let showsGrids = gridRows > 0 && upper.height - gridRows >= 5
    let (pictures, grids) = upper.splitBottom(showsGrids ? gridRows : 0)
    drawPicture(on: &screen, in: pictures)
    if showsGrids {
      LitGrids(model: model, brush: brush, theme: context.theme).draw(on: &screen, in: grids)
    }
  }

  private func drawPicture(on screen: inout Screen, in rect: Rect) {
    let clip = model.clip
    let index = clip.picture?.index ?? clip.playhead
    guard
      let frame = clip.reconstruction(of: index, muting: model.tokens.mutes) ?? clip.picture?.frame
    else { return }
    let size = PictureFit.size(frame.width, frame.height, in: rect.size)
    let place = Rect(
      x: rect.x + (rect.width - size.width) / 2, y: rect.y, width: size.width, height: size.height)
    drawing.sharing(cells: size.area).draw(
      frame, as: "linked", on: &screen, in: place,
      patches: model.patches(litBy: brush, width: frame.width, height: frame.height))
  }

  /// One row for each level, coarse on top: the share of its tokens that are lit.
  private func drawStrips(_ levels: [TokenLevel], on screen: inout Screen, in rect: Rect) {
    guard rect.height >= 1, rect.width >= 16, let last = levels.first else { return }
    let (line, below) = rect.splitTop(rect.height > levels.count ? 1 : 0)
    let frames = max(1, model.clip.summary?.frameCount ?? last.steps)
    screen.put("over time", in: line, style: Style(.secondary))
    let track = Rect(x: below.x + 3, y: below.y, width: below.width - 9, height: below.height)
    let head = model.clip.playhead * track.width / frames
    for (row, grid) in levels.reversed().prefix(track.height).enumerated() {
      let y = track.y + row
      screen.put("L\(grid.level)", x: below.x, y: y, style: Style(.level(grid.level)))
      var (lit, known) = (0.0, 0)
      for step in 0..<grid.steps {
        guard let share = grid.lit(by: brush, atStep: step) else { continue }
        lit += share
        known += 1
      }
      for x in 0..<track.width {
        let surface: ThemeRole = x == head ? .selection : .background
        let step = min(grid.stride.step(ofFrame: x * frames / track.width), grid.steps - 1)
        let share = grid.lit(by: brush, atStep: step)
        guard let share, share > 0 else {
          screen[track.x + x, y] = Cell(share == nil ? "·" : "▁", style: Style(.grid, on: surface))
          continue
        }
        screen[track.x + x, y] = Cell(
          Bars.upright(min(8, 2 + Int(share * 7)), context.symbols),
          style: Style(.mark, on: surface))
      }
      screen.put(
        known > 0 ? Numbers.percent(lit / Double(known)) : "–",
        in: Rect(x: track.maxX, y: y, width: 6, height: 1), style: Style(.secondary),
        alignment: .trailing)
    }
  }
}

/// Small grids of all levels side by side, coarse first: what a brush lights is bright.
struct LitGrids {
  let model: AppModel
  let brush: Brush
  let theme: Theme

  /// Cells that the grids need in height with their titles; 0 where they do not fit in width.
  static func rows(_ levels: [TokenLevel], width: Int) -> Int {
    let columns = levels.reduce(0) { $0 + max(3, $1.columns) + 1 } - 1
    guard columns <= width else { return 0 }
    return 1 + (levels.map { ($0.rows + 1) / 2 }.max() ?? 0)
  }

  func draw(on screen: inout Screen, in rect: Rect) {
    var x = rect.x
    for grid in (model.tokens.pyramid?.levels ?? []).reversed() {
      let isFocused = grid.level == model.codebook.level
      screen.put(
        "L\(grid.level)", x: x, y: rect.y,
        style: Style(.level(grid.level), on: .background, isFocused ? .bold : []))
      draw(grid, x: x, y: rect.y + 1, on: &screen)
      x += max(3, grid.columns) + 1
    }
  }

  private func draw(_ grid: TokenLevel, x: Int, y: Int, on screen: inout Screen) {
    let step = min(grid.stride.step(ofFrame: model.clip.playhead), grid.steps - 1)
    for row in stride(from: 0, to: grid.rows, by: 2) {
      for column in 0..<grid.columns {
        let (upper, lower) = (
          state(grid, step, row, column), state(grid, step, row + 1, column)
        )
        screen[x + column, y + row / 2] =
          model.look.usesLetters
          ? Cell(
            upper == true ? lower == true ? "#" : "^" : lower == true ? "v" : ".",
            style: Style(.text))
          : Cell("▀", style: Style(color(upper), on: color(lower)))
      }
    }
  }

  /// Nil outside the grid and where nothing is known.
  private func state(_ grid: TokenLevel, _ step: Int, _ row: Int, _ column: Int) -> Bool? {
    grid.code(step: step, row: row, column: column).map { brush.lights($0, bits: grid.bits) }
  }

  private func color(_ state: Bool?) -> Color {
    switch state {
    case true: .role(.mark)
    case false: .role(.track)
    case nil: .role(.background)
    }
  }
}
