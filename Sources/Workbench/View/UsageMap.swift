import TokenizerEngine

/// The codebook as a picture: every point a group of neighbouring codes, lit by its tokens.
struct UsageMap {
  let statistics: LevelStatistics
  let theme: Theme

  func draw(on screen: inout Screen, in rect: Rect) {
    guard rect.height >= 3, rect.width >= 8 else { return }
    let (title, below) = rect.splitTop(1)
    let source = LevelStatistics.mapSide
    // Halved until it fits: sides stay powers of two, so every point is whole bits of the code.
    var side = source
    while side > 4, side > below.width || side / 2 > below.height { side /= 2 }
    let counts = folded(to: side)
    let codes = (1 << statistics.bits) / (side * side)
    screen.put(
      "usage map, \(max(1, codes)) codes a point", in: title,
      style: Style(.title, on: .background, .bold))
    let highest = Double(counts.max() ?? 0)
    let gradient = theme.gradient(.usage)
    func color(_ row: Int, _ column: Int) -> Color {
      let count = Double(counts[row * side + column])
      guard count > 0, highest > 0 else { return .role(.panel) }
      return .rgb(gradient.color(at: 0.15 + 0.85 * (count / highest).squareRoot()))
    }
    for y in 0..<min(side / 2, below.height) {
      for x in 0..<side {
        screen[below.x + x, below.y + y] = Cell(
          "▀", style: Style(color(2 * y, x), on: color(2 * y + 1, x)))
      }
    }
    guard below.height > side / 2 else { return }
    let touched = counts.count { $0 > 0 }
    screen.put(
      "\(Numbers.percent(Double(touched) / Double(side * side), 0)) of points touched, most \(Int(highest))",
      in: below, row: side / 2, style: Style(.secondary))
  }

  private func folded(to side: Int) -> [Int] {
    let source = LevelStatistics.mapSide
    let factor = source / side
    var counts = [Int](repeating: 0, count: side * side)
    for (index, count) in statistics.usageMap.enumerated() {
      let row = index / source / factor
      let column = index % source / factor
      counts[row * side + column] += Int(count)
    }
    return counts
  }
}
