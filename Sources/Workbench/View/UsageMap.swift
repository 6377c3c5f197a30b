import TokenizerEngine

/// The codebook as a picture: every point a group of neighbouring codes, lit by its tokens.
struct UsageMap {
  let statistics: LevelUsage
  let theme: Theme

  func draw(on screen: inout Screen, in rect: Rect) {
    guard rect.height >= 3, rect.width >= 8 else { return }
    let (title, below) = rect.splitTop(1)
    // Halved until it fits: sides stay powers of two, so every point is whole bits of the code.
    var (columns, rows) = (LevelUsage.mapSide, LevelUsage.mapSide)
    while columns > 4, columns > below.width { columns /= 2 }
    while rows > 4, rows / 2 > below.height - (below.height > 4 ? 1 : 0) { rows /= 2 }
    let counts = folded(rows: rows, columns: columns)
    let codes = (1 << statistics.bits) / (rows * columns)
    screen.put(
      "usage map, \(max(1, codes)) codes a point", in: title,
      style: Style(.title, on: .background, .bold))
    let highest = Double(counts.max() ?? 0)
    let gradient = theme.gradient(.usage)
    func color(_ row: Int, _ column: Int) -> Color {
      let count = Double(counts[row * columns + column])
      guard count > 0, highest > 0 else { return .role(.panel) }
      return .rgb(gradient.color(at: 0.15 + 0.85 * (count / highest).squareRoot()))
    }
    for y in 0..<min(rows / 2, below.height) {
      for x in 0..<columns {
        screen[below.x + x, below.y + y] = Cell(
          "▀", style: Style(color(2 * y, x), on: color(2 * y + 1, x)))
      }
    }
    guard below.height > rows / 2 else { return }
    let touched = counts.count { $0 > 0 }
    let share = Numbers.percent(Double(touched) / Double(max(1, counts.count)), 0)
    screen.put(
      "\(share) of points touched, most \(Int(highest))", in: below, row: rows / 2,
      style: Style(.secondary))
  }

  private func folded(rows: Int, columns: Int) -> [Int] {
    let side = LevelUsage.mapSide
    var counts = [Int](repeating: 0, count: rows * columns)
    for (index, count) in statistics.usageMap.enumerated() {
      counts[index / side / (side / rows) * columns + index % side / (side / columns)] += Int(count)
    }
    return counts
  }
}
