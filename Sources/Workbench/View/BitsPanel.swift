import TokenizerEngine

/// Every bit of the code: how often it is 1, what it tells, how often it flips, how far it is from
/// flipping, and which other bit repeats it.
struct BitsPanel {
  let model: AppModel
  let shown: LevelUsage
  let context: DrawingContext

  func draw(on screen: inout Screen, in rect: Rect) {
    guard rect.height >= 3 else { return }
    let stripRows = rect.height >= shown.bits + 8 ? min(10, rect.height - shown.bits - 1) : 0
    let (strip, below) = rect.splitTop(stripRows)
    BitStrip(statistics: shown, symbols: context.symbols).draw(on: &screen, in: strip)
    screen.draw(table(width: below.width), in: below)
  }

  private func table(width: Int) -> Table {
    let finding = model.codebook.finding
    let relations = finding?.relations
    var columns: [Table.Column] = [
      .init("bit", width: 3, alignment: .trailing), .init("P(1)", width: 6, alignment: .trailing),
      .init("entropy", width: 7, alignment: .trailing),
    ]
    let room = [(30, "flips"), (38, "|z|"), (46, "nearest φ")]
    for (least, title) in room where width >= least {
      columns.append(
        .init(title, width: title.hasPrefix("n") ? nil : 6, alignment: .trailing))
    }
    let rows = (0..<shown.bits).map { bit in
      var cells = [
        "\(bit)", Numbers.fixed(shown.ones[bit], 3), Numbers.fixed(shown.bitEntropy[bit], 3),
        relations?.flipRate.map { Numbers.percent($0[bit], 0) } ?? "–",
        finding?.margins.map { Numbers.fixed($0.magnitude[bit], 2) } ?? "–", "–",
      ]
      if let relations, relations.bits > 1,
        let near = (0..<relations.bits).filter({ $0 != bit })
          .max(by: { abs(relations.phi(bit, $0)) < abs(relations.phi(bit, $1)) })
      {
        cells[5] = "\(near)  " + Numbers.signed(relations.phi(bit, near), 2)
      }
      let role: ThemeRole =
        shown.deadBits.contains(bit) ? .error : shown.bitEntropy[bit] < 0.9 ? .warning : .text
      return Table.Row(Array(cells.prefix(columns.count)), style: Style(role))
    }
    return Table(
      columns: columns, rows: rows, selection: min(model.codebook.bit, max(0, shown.bits - 1)))
  }
}
