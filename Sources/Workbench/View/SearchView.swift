import TokenizerEngine

/// What was found in the index, the best first.
struct SearchView {
  let search: SearchModel
  let corpus: CorpusSummary?
  let bits: Int

  func draw(on screen: inout Screen, in rect: Rect) {
    let (line, list) = rect.splitTop(rect.height >= 3 ? 1 : 0)
    screen.put(title, in: line, style: Style(.title, on: .background, .bold))
    guard search.count > 0 else {
      return screen.put(
        absence, in: list, row: list.height / 2,
        style: Style(search.fault == nil ? .secondary : .error), alignment: .centre)
    }
    screen.draw(table(width: list.width), in: list)
  }

  private var title: String {
    let words = "“\(search.words)”"
    guard let found = search.found else { return words }
    let all = "\(Numbers.grouped(found.clips)) clips of \(corpus?.name ?? "the index")"
    switch found.hits {
    case .clips(let matches): return "\(words): the nearest \(matches.count) of \(all)"
    case .places(let places):
      return "\(words): \(places.places.count) of \(Numbers.grouped(places.total)) places, in "
        + "\(Numbers.grouped(places.clips)) of \(all)"
    }
  }

  private var absence: String {
    if let fault = search.fault { return fault }
    guard let found = search.found else { return "searching …" }
    if case .places = found.hits { return "No token of these clips has such a code." }
    return "The index holds no clips."
  }

  private func table(width: Int) -> Table {
    let selection = min(search.cursor, search.count - 1)
    switch search.found?.hits {
    case .clips(let matches):
      let name = min(max(16, width / 3), 44)
      return Table(
        columns: [
          .init("score", width: 6, alignment: .trailing), .init("clip", width: name),
          .init("frames", width: 6, alignment: .trailing), .init("caption", width: nil),
        ],
        rows: matches.map {
          Table.Row([
            Numbers.fixed($0.score, 3), $0.clip.name, "\($0.clip.frames)", $0.clip.caption ?? "–",
          ])
        }, selection: selection)
    case .places(let found):
      let showsCode = width >= 60
      return Table(
        columns: [.init("share", width: 7, alignment: .trailing)]
          + (showsCode ? [.init("code", width: 8)] : [])
          + [.init("place", width: 16), .init("clip", width: nil)],
        rows: found.places.map {
          let code = showsCode ? [Numbers.hexadecimal($0.code, bits: bits)] : []
          let place = "L\($0.level) f\($0.frames.lowerBound) \($0.y),\($0.x)"
          return Table.Row([Numbers.percent($0.score)] + code + [place, $0.clip.name])
        }, selection: selection)
    case nil: return Table(columns: [], rows: [], selection: nil)
    }
  }

  /// The hit that stands in a row of the screen.
  static func row(_ search: SearchModel, atY y: Int, in rect: Rect) -> Int? {
    let list = rect.splitTop(rect.height >= 3 ? 1 : 0).rest
    let view = SearchView(search: search, corpus: nil, bits: 16)
    let first = view.table(width: list.width).firstRow(showing: list.height - 1)
    let row = first + y - list.y - 1
    return y > list.y && y < list.maxY && row < search.count ? row : nil
  }
}
