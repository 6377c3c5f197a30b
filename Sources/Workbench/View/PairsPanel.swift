import TokenizerEngine

/// φ of every pair of bits, those that repeat each other side by side, and the strongest pairs.
struct PairsPanel {
  let model: AppModel
  let shown: LevelUsage
  let context: DrawingContext

  func draw(on screen: inout Screen, in rect: Rect) {
    guard let relations = model.codebook.finding?.relations, relations.bits > 1 else {
      screen.put(
        "The correlation of bits comes with the first diagnosis …", in: rect,
        row: rect.height / 2, style: Style(.secondary), alignment: .centre)
      return
    }
    let (head, below) = rect.splitTop(1)
    screen.put(summary(relations), in: head, style: Style(.secondary))
    let isSide = below.width >= 3 * relations.bits + 26
    let triangleRows = relations.bits + 1
    let (triangle, list): (Rect, Rect)
    if isSide {
      let (left, right) = below.splitRight(24)
      (triangle, list) = (left, right)
    } else {
      (triangle, list) = below.splitTop(
        below.height >= triangleRows + 4 ? triangleRows : min(below.height / 2, triangleRows))
    }
    drawTriangle(relations, on: &screen, in: triangle)
    drawPairs(relations, on: &screen, in: list)
  }

  private func summary(_ relations: BitRelations) -> String {
    let noise = BitRelations.noise(tokens: shown.tokens)
    let excess =
      model.codebook.finding?.excessTotalCorrelation
      .map { "excess TC \(Numbers.fixed($0, 2)) bit · " } ?? ""
    return excess + "|φ| under \(Numbers.fixed(noise, 3)) is chance · pairs cannot show parity"
  }

  /// Bits in clustered order; each cell is the pair of its row and its column.
  private func drawTriangle(_ relations: BitRelations, on screen: inout Screen, in rect: Rect) {
    let order = relations.order
    let pitch = rect.width >= 3 * order.count + 3 ? 3 : 2
    guard rect.height >= 3, rect.width >= pitch * 2 + 3 else { return }
    let pair = model.codebook.chosenPair
    for (row, bit) in order.enumerated() where row < rect.height - 1 {
      let y = rect.y + row
      let isChosen = bit == pair?.first || bit == pair?.second
      screen.put(
        "\(bit)", in: Rect(x: rect.x, y: y, width: 2, height: 1),
        style: Style(isChosen ? .playhead : .secondary, on: .background, isChosen ? .bold : []),
        alignment: .trailing)
      for (column, other) in order.prefix(row).enumerated() {
        let x = rect.x + 3 + column * pitch
        guard x + pitch <= rect.maxX else { break }
        draw(
          relations.phi(bit, other),
          isChosen: pair.map { Set([$0.first, $0.second]) == [bit, other] } ?? false,
          on: &screen, in: Rect(x: x, y: y, width: pitch, height: 1))
      }
    }
    let y = rect.y + min(order.count, rect.height - 1)
    for (column, bit) in order.dropLast().enumerated() {
      let x = rect.x + 3 + column * pitch
      guard x + 2 <= rect.maxX else { break }
      screen.put(pitch > 2 ? "\(bit)" : "\(bit % 10)", x: x, y: y, style: Style(.secondary))
    }
  }

  private func draw(_ phi: Double, isChosen: Bool, on screen: inout Screen, in rect: Rect) {
    let size = abs(phi)
    guard !context.isMonochrome, context.symbols != .ascii else {
      let digit = size < 0.05 ? "·" : size >= 0.95 ? "#" : "\(Int(size * 10))"
      screen.put(
        digit, x: rect.x, y: rect.y, style: Style(.text, on: .background, isChosen ? .reverse : []))
      return
    }
    let color = OKLab(context.theme[.panel])
      .mixed(with: OKLab(context.theme[phi < 0 ? .series2 : .series1]), Float(min(1, size * 1.15)))
      .rgb
    let text = isChosen ? "◆" : size >= 0.95 ? "=" : ""
    screen.fill(rect, style: Style(.role(.text), on: .rgb(color)))
    screen.put(
      text, x: rect.x, y: rect.y,
      style: Style(.rgb(TokenColors.ink(on: color)), on: .rgb(color), .bold))
  }

  private func drawPairs(_ relations: BitRelations, on screen: inout Screen, in rect: Rect) {
    guard rect.height >= 2 else { return }
    let noise = BitRelations.noise(tokens: shown.tokens)
    let pairs = relations.pairs.prefix(200)
    let rows = pairs.map { pair in
      let isLoud = abs(pair.phi) > noise
      let role: ThemeRole =
        abs(pair.phi) > 0.95 ? .error : abs(pair.phi) > 0.5 ? .warning : isLoud ? .text : .secondary
      return Table.Row(
        ["\(pair.first)·\(pair.second)", Numbers.signed(pair.phi, 3), isLoud ? "" : "chance"],
        style: Style(role))
    }
    let table = Table(
      columns: [
        .init("pair", width: 6), .init("φ", width: 7, alignment: .trailing), .init("", width: nil),
      ], rows: rows, selection: rows.isEmpty ? nil : min(model.codebook.pair, rows.count - 1))
    screen.draw(table, in: rect)
  }
}
