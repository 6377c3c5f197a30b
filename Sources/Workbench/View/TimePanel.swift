import TokenizerEngine

/// One strip for each level, coarse on top, over the clip; and the numbers at the playhead.
struct TimePanel {
  let model: AppModel
  let context: DrawingContext

  func draw(on screen: inout Screen, in rect: Rect) {
    let levels = (model.codebook.findings?.levels ?? []).filter { !$0.windows.isEmpty }
    guard !levels.isEmpty, rect.height >= 3 else {
      screen.put(
        "Windows over time come with the first diagnosis …", in: rect, row: rect.height / 2,
        style: Style(.secondary), alignment: .centre)
      return
    }
    let measure = model.codebook.timeMeasure
    let (head, below) = rect.splitTop(1)
    screen.put(measure.title, in: head, style: Style(.title, on: .background, .bold))
    // Room for the table of numbers below.
    let tableRows = below.height >= 3 * levels.count + 3 ? levels.count + 2 : 0
    let (strips, table) = below.splitBottom(tableRows)
    let height = max(1, min(4, strips.height / levels.count))
    for (index, level) in levels.reversed().enumerated() {
      let place = Rect(
        x: strips.x, y: strips.y + index * height, width: strips.width, height: height)
      guard place.maxY <= strips.maxY else { break }
      draw(level, measure, on: &screen, in: place)
    }
    drawNumbers(levels.reversed(), on: &screen, in: table)
  }

  private var frames: Int { max(1, model.clip.summary?.frameCount ?? 1) }

  private func window(_ level: CodebookFindings.Level, frame: Int) -> UsageWindow? {
    guard let grid = model.tokens.pyramid?[level: level.level] else { return nil }
    let step = min(grid.stride.step(ofFrame: frame), grid.steps - 1)
    return level.windows.first { $0.steps.contains(step) }
  }

  private func draw(
    _ level: CodebookFindings.Level, _ measure: TimeMeasure, on screen: inout Screen, in rect: Rect
  ) {
    let bits = model.tokens.pyramid?.bits ?? 16
    let track = Rect(x: rect.x + 4, y: rect.y, width: rect.width - 11, height: rect.height)
    guard track.width > 0 else { return }
    let isFocused = level.level == model.codebook.level
    screen.put(
      (isFocused ? "▸" : " ") + "L\(level.level)", x: rect.x, y: rect.y,
      style: Style(.level(level.level), on: .background, isFocused ? .bold : []))
    let head = model.clip.playhead * track.width / frames
    let rows = max(1, track.height - (track.height > 1 ? 1 : 0))
    for x in 0..<track.width {
      let surface: ThemeRole = x == head ? .selection : .background
      guard let window = window(level, frame: x * frames / track.width),
        let value = measure.value(window, bits: bits)
      else {
        screen[track.x + x, track.y + rows - 1] = Cell("·", style: Style(.grid, on: surface))
        continue
      }
      let units = max(1, Int((min(1, max(0, value.share)) * Double(rows * 8)).rounded()))
      for row in 0..<rows {
        let filled = min(8, units - (rows - 1 - row) * 8)
        let glyph = filled > 0 ? Bars.upright(filled, context.symbols) : " "
        screen[track.x + x, track.y + row] = Cell(
          glyph, style: Style(.level(level.level), on: surface))
      }
    }
    guard let window = window(level, frame: model.clip.playhead),
      let value = measure.value(window, bits: bits)
    else { return }
    screen.put(
      value.text, in: Rect(x: track.maxX, y: track.y, width: 7, height: 1), style: Style(.text),
      alignment: .trailing)
  }

  /// All measures of the windows under the playhead.
  private func drawNumbers(
    _ levels: [CodebookFindings.Level], on screen: inout Screen, in rect: Rect
  ) {
    guard rect.height > 2 else { return }
    let bits = model.tokens.pyramid?.bits ?? 16
    let rows = levels.compactMap { level -> Table.Row? in
      guard let window = window(level, frame: model.clip.playhead) else { return nil }
      let cells = [
        "\(level.level)", "\(window.tokens)", "\(window.used)",
        Numbers.grouped(Int(window.ceiling.rounded())),
      ]
      return Table.Row(
        cells + TimeMeasure.allCases.map { $0.value(window, bits: bits)?.text ?? "–" },
        style: Style(.level(level.level)))
    }
    let titles = [
      "level", "tokens", "used", "ceiling", "share", "bit H", "joint H", "excess", "change",
    ]
    let table = Table(
      columns: titles.map { .init($0, width: 7, alignment: .trailing) }, rows: rows)
    screen.put(
      "window at frame \(model.clip.playhead); at most \(UsageWindow.mostTokens) tokens counted",
      in: rect, style: Style(.secondary))
    screen.draw(table, in: rect.splitTop(1).rest)
  }
}
