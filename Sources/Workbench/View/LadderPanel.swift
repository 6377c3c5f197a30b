import TokenizerEngine

/// What each level adds to the picture, and what is lost without it.
struct LadderPanel {
  let model: AppModel
  let context: DrawingContext

  func draw(on screen: inout Screen, in rect: Rect) {
    guard let ladder = model.codebook.ladder, rect.height >= 3 else {
      screen.put(
        model.jobs.contains { $0.kind == .measuring }
          ? "decoding with some levels only …" : "g measures what each level adds, from here on.",
        in: rect, row: rect.height / 2, style: Style(.secondary), alignment: .centre)
      return
    }
    let (head, below) = rect.splitTop(1)
    screen.put(
      "frames \(ladder.frames.lowerBound)–\(ladder.frames.upperBound - 1), mean PSNR against the clip; g measures again from here",
      in: head, style: Style(.secondary))
    let names = ["", "with it and coarser ones", "it adds", "all but it", "lost without it"]
    let widths = [5, max(12, min(24, below.width / 3)), 10, 12, 15]
    let levels = Array((1...ladder.upTo.count).reversed())
    let rows =
      [Table.Row(["none", text(ladder.none), "", "", ""], style: Style(.secondary))]
      + levels.map { level in
        Table.Row(
          [
            "L\(level)", text(ladder.upTo[level - 1]),
            text(ladder.gain(ofLevel: level), isSigned: true),
            text(ladder.without[level - 1]), text(ladder.loss(ofLevel: level)),
          ], style: Style(.level(level)))
      }
    let columns = zip(names, widths).map {
      Table.Column($0, width: $1, alignment: $0.isEmpty ? .leading : .trailing)
    }
    let (table, bars) = below.splitTop(min(below.height, rows.count + 2))
    screen.draw(Table(columns: columns, rows: rows), in: table)
    drawBars(ladder, levels, on: &screen, in: bars)
  }

  private func text(_ value: Double?, isSigned: Bool = false) -> String {
    guard let value else { return "…" }
    return (isSigned ? Numbers.signed(value, 2) : Numbers.fixed(value, 2)) + " dB"
  }

  /// How much each adds, beside what is lost without it: a level that others could replace loses less.
  private func drawBars(
    _ ladder: LevelLadder, _ levels: [Int], on screen: inout Screen, in rect: Rect
  ) {
    let values = levels.map { (ladder.gain(ofLevel: $0) ?? 0, ladder.loss(ofLevel: $0) ?? 0) }
    guard rect.height >= 2, rect.width >= 24,
      let most = values.flatMap({ [$0.0, $0.1] }).filter(\.isFinite).max(), most > 0
    else { return }
    for (row, level) in levels.enumerated() where 2 * row + 1 < rect.height {
      for (line, value) in [values[row].0, values[row].1].enumerated() {
        let y = rect.y + 2 * row + line
        let label = line == 0 ? "L\(level) adds" : "   lost"
        screen.put(label, x: rect.x, y: y, style: Style(line == 0 ? .level(level) : .secondary))
        screen.bar(
          value / most, x: rect.x + 9, y: y, width: rect.width - 10,
          color: .role(line == 0 ? .level(level) : .warning), context: context)
      }
    }
  }
}
