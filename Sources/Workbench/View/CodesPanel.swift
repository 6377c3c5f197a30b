import TokenizerEngine

/// Ranks against counts, and the most used codes one by one.
struct CodesPanel {
  let model: AppModel
  let shown: LevelUsage
  let context: DrawingContext

  func draw(on screen: inout Screen, in rect: Rect) {
    guard rect.height >= 4 else { return }
    let chartRows = rect.height >= 16 ? rect.height / 3 : 0
    let (chart, below) = rect.splitTop(chartRows)
    RankChart(statistics: model.codebook.statistics, focus: shown, context: context)
      .draw(on: &screen, in: chart)
    let (line, list) = below.splitTop(1)
    screen.put(slopes, in: line, style: Style(.secondary))
    screen.draw(table(width: list.width), in: list)
    drawColours(on: &screen, in: list)
  }

  private var slopes: String {
    guard let finding = model.codebook.finding, let slope = finding.zipfSlope else {
      return "unseen mass is what f1/N says the next token adds"
    }
    let uniform = finding.uniformZipfSlope.map { ", uniform draws \(Numbers.fixed($0, 2))" } ?? ""
    return "Zipf slope \(Numbers.fixed(slope, 2))\(uniform) · \(shown.topCodes.count) of "
      + "\(Numbers.grouped(shown.used)) codes"
  }

  private func table(width: Int) -> Table {
    var columns: [Table.Column] = [
      .init("", width: 2), .init("rank", width: 4, alignment: .trailing),
      .init("code", width: max(4, (shown.bits + 3) / 4)),
      .init("count", width: 8, alignment: .trailing),
      .init("share", width: 8, alignment: .trailing),
    ]
    let showsBits = width >= 32 + shown.bits
    if showsBits { columns.append(.init("bits", width: shown.bits)) }
    let rows = shown.topCodes.enumerated().map { rank, entry in
      let cells = [
        "", "\(rank + 1)", Numbers.hexadecimal(entry.code, bits: shown.bits),
        Numbers.grouped(entry.count),
        Numbers.percent(Double(entry.count) / Double(max(1, shown.tokens))),
      ]
      return Table.Row(cells + (showsBits ? [Self.binary(entry.code, bits: shown.bits)] : []))
    }
    return Table(
      columns: columns, rows: rows,
      selection: rows.isEmpty ? nil : min(model.codebook.code, rows.count - 1))
  }

  static func binary(_ code: UInt32, bits: Int) -> String {
    let digits = String(code, radix: 2)
    return String(repeating: "0", count: max(0, bits - digits.count)) + digits
  }

  /// The colour that each code has in the grids.
  private func drawColours(on screen: inout Screen, in rect: Rect) {
    guard !context.isMonochrome else { return }
    let first = table(width: rect.width).firstRow(showing: rect.height - 1)
    for (row, entry) in shown.topCodes.dropFirst(first).prefix(max(0, rect.height - 1)).enumerated()
    {
      let color = TokenColors.color(of: entry.code)
      screen.put("  ", x: rect.x, y: rect.y + 1 + row, style: Style(.rgb(color), on: .rgb(color)))
    }
  }
}
