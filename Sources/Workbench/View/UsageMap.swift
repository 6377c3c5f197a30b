import Glibc
import TokenizerEngine

/// The codebook as a picture: every point a group of neighbouring codes, lit by its tokens.
struct UsageMap {
  let statistics: LevelUsage
  let context: DrawingContext

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
    let picture = Rect(
      x: below.x, y: below.y, width: columns, height: min(rows / 2, below.height))
    guard !context.isMonochrome, context.symbols != .ascii else {
      let values = counts.map { (Double($0) / max(1, highest)).squareRoot() }
      screen.draw(
        HeatMap(
          width: columns, height: rows, values: values, gradient: context.theme.gradient(.usage)),
        in: picture, context: context)
      return drawSummary(counts, on: &screen, in: below, row: rows / 2)
    }
    let gradient = context.theme.gradient(.usage)
    func color(_ row: Int, _ column: Int) -> Color {
      let count = Double(counts[row * columns + column])
      guard count > 0, highest > 0 else { return .role(.panel) }
      return .rgb(gradient.color(at: 0.15 + 0.85 * (count / highest).squareRoot()))
    }
    for y in 0..<picture.height {
      for x in 0..<columns {
        screen[picture.x + x, picture.y + y] = Cell(
          "▀", style: Style(color(2 * y, x), on: color(2 * y + 1, x)))
      }
    }
    drawSummary(counts, on: &screen, in: below, row: rows / 2)
  }

  /// How many points were touched, and how many as many random tokens would touch.
  private func drawSummary(_ counts: [Int], on screen: inout Screen, in rect: Rect, row: Int) {
    guard rect.height > row else { return }
    let points = Double(max(1, counts.count))
    let touched = Numbers.percent(Double(counts.count { $0 > 0 }) / points, 0)
    let chance = 1 - pow(1 - 1 / points, Double(statistics.tokens))
    let most = ", most \(counts.max() ?? 0)"
    let text = "touched \(touched), by chance \(Numbers.percent(chance, 0))"
    screen.put(
      (text + most).columns <= rect.width ? text + most : text, in: rect, row: row,
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
