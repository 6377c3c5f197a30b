import TokenizerEngine

/// What the loss is made of: weight × value of each term, and which one dominates.
struct TrainLossesView {
  let run: WatchedRun
  let train: TrainModel
  let context: DrawingContext
  let isFocused: Bool

  private struct Part {
    var name: String
    var value: Double
    var weight: Double
    var product: Double { value * weight }
  }

  func draw(on screen: inout Screen, in rect: Rect) {
    let parts = parts
    let total = parts.reduce(0) { $0 + abs($1.product) }
    let below = TrainHeading.draw(
      "loss anatomy", note: note(parts, total), isFocused: isFocused, on: &screen, in: rect)
    guard !below.isEmpty else { return }
    guard !parts.isEmpty else {
      screen.put(
        run.history.isEmpty ? "no step is done yet" : "no terms with weights are written",
        in: below, style: Style(.secondary))
      return
    }
    let hints = hints(parts)
    let hasHint = !hints.isEmpty && below.height > parts.count + 1
    let (table, line) = below.splitBottom(hasHint ? 1 : 0)
    drawTable(parts, total, on: &screen, in: table)
    if let hint = hints.first(where: { $0.columns < line.width }) ?? hints.last {
      screen.put(hint, in: line.splitLeft(1).rest, style: Style(.secondary))
    }
  }

  /// At the cursor, the largest first; terms of other stages are left out.
  private var parts: [Part] {
    run.history.terms.compactMap { name -> Part? in
      guard let value = run.history[.term(name)]?.value(at: train.cursor),
        let weight = run.history[.weight(name)]?.value(at: train.cursor),
        value.step == run.history[.loss]?.value(at: train.cursor)?.step
      else { return nil }
      return Part(name: name, value: value.value, weight: weight.value)
    }.sorted { (abs($1.product), $0.name) < (abs($0.product), $1.name) }
  }

  private func note(_ parts: [Part], _ total: Double) -> String {
    guard let first = parts.first, total > 0 else { return "" }
    let share = abs(first.product) / total
    let verb = share > 0.5 ? "dominates" : "leads"
    return "\(first.name) \(verb): \(Numbers.percent(share, 0))"
  }

  /// Why a part is below 0, the longest first; nothing where none is.
  private func hints(_ parts: [Part]) -> [String] {
    guard let negative = parts.first(where: { $0.product < 0 }) else { return [] }
    return negative.name == "entropy"
      ? ["entropy below 0 is normal: per-sample less batch entropy", "below 0 is normal here"]
      : ["\(negative.name) is below 0: it lowers the loss", "below 0: it lowers the loss"]
  }

  private func drawTable(
    _ parts: [Part], _ total: Double, on screen: inout Screen, in rect: Rect
  ) {
    let nameWidth = min(max(6, parts.map(\.name.columns).max() ?? 6), 14)
    let hasFactors = rect.width >= nameWidth + 30
    let (heading, rows) = rect.splitTop(rect.height > parts.count ? 1 : 0)
    let numbers = hasFactors ? 27 : 9
    if !heading.isEmpty {
      let titles = hasFactors ? ["value", "weight", "w × v"] : ["w × v"]
      for (index, title) in titles.enumerated() {
        screen.put(
          title, in: Rect(x: rect.x + nameWidth + 1 + 9 * index, y: heading.y, width: 8, height: 1),
          style: Style(.secondary), alignment: .trailing)
      }
    }
    for (row, part) in parts.prefix(rows.height).enumerated() {
      let y = rows.y + row
      let isFirst = row == 0
      screen.put(
        part.name, x: rect.x + 1, y: y,
        style: Style(.text, on: .background, isFirst ? .bold : []), limit: nameWidth)
      let values = hasFactors ? [part.value, part.weight, part.product] : [part.product]
      for (index, value) in values.enumerated() {
        screen.put(
          NumberText.compact(value),
          in: Rect(x: rect.x + nameWidth + 1 + 9 * index, y: y, width: 8, height: 1),
          style: Style(index == values.count - 1 ? .text : .secondary), alignment: .trailing)
      }
      let x = rect.x + nameWidth + numbers + 2
      let width = rect.maxX - x - 6
      guard width >= 4, total > 0 else { continue }
      let share = abs(part.product) / total
      screen.bar(
        share, x: x, y: y, width: width,
        color: .role(part.product < 0 ? .series2 : isFirst ? .accent : .progress),
        context: context)
      screen.put(
        (part.product < 0 ? "-" : "") + Numbers.percent(share, 0),
        in: Rect(x: x + width, y: y, width: 6, height: 1), style: Style(.text),
        alignment: .trailing)
    }
  }
}
