import TokenizerEngine

/// The most used codes, with their colours in the grids.
struct TopCodes {
  let statistics: LevelUsage

  func draw(on screen: inout Screen, in rect: Rect) {
    guard rect.height >= 3 else { return }
    screen.put("most used codes", in: rect, style: Style(.title, on: .background, .bold))
    let rows = rect.splitTop(1).rest
    for (row, entry) in statistics.topCodes.prefix(rows.height).enumerated() {
      let y = rows.y + row
      let color = TokenColors.color(of: entry.code)
      screen.put("  ", x: rows.x, y: y, style: Style(.rgb(color), on: .rgb(color)))
      screen.put(
        Numbers.hexadecimal(entry.code, bits: statistics.bits), x: rows.x + 3, y: y,
        style: Style(.text))
      let share = Double(entry.count) / Double(max(1, statistics.tokens))
      screen.put(
        Numbers.grouped(entry.count), in: Rect(x: rows.x + 8, y: y, width: 9, height: 1),
        style: Style(.text), alignment: .trailing)
      screen.put(
        Numbers.percent(share), in: Rect(x: rows.x + 18, y: y, width: 8, height: 1),
        style: Style(.secondary), alignment: .trailing)
    }
  }
}
