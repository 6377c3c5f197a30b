import Tokenization
import TokenizerEngine

/// The region in words; each of them can be clicked.
struct RegionLine {
  let model: AppModel

  enum Target: Equatable {
    case box
    case span
    case level(Int)
    case comparison
  }

  struct Piece {
    var text: String
    var role: ThemeRole
    var isBold = false
    var target: Target?
  }

  private var region: RegionChoice { model.generate.region }

  /// From the left.
  private func pieces(isShort: Bool) -> [Piece] {
    let isFocused = model.generate.part == .region
    var pieces = [
      Piece(
        text: isFocused ? "▸" : " ", role: .accent, isBold: true, target: nil),
      Piece(text: boxText(isShort), role: region.usesBox ? .playhead : .text, target: .box),
      Piece(text: " · ", role: .secondary),
      Piece(
        text: spanText(isShort),
        role: region.span == nil && region.spanStart == nil ? .text : .playhead,
        target: .span),
      Piece(text: isShort ? " · L" : " · levels ", role: .secondary),
    ]
    let count = model.model?.strides.count ?? 4
    for level in (1...count).reversed() {
      let isOn = region.levels.contains(level)
      pieces.append(
        Piece(
          text: isOn ? "\(level)" : "–", role: isOn ? .level(level) : .secondary, isBold: isOn,
          target: .level(level)))
      if level > 1, !isShort { pieces.append(Piece(text: " ", role: .secondary)) }
    }
    return pieces
  }

  private func boxText(_ isShort: Bool) -> String {
    guard region.usesBox else { return isShort ? "all" : "whole picture" }
    let box = region.box
    let text = "\(box.width)x\(box.height) at \(box.x),\(box.y)"
    return isShort ? text : (region.isSizing ? "size of box " : "box ") + text
  }

  private func spanText(_ isShort: Bool) -> String {
    let name = isShort ? "" : "frames "
    if let start = region.spanStart { return name + "\(start)–?" }
    guard let span = region.span else { return "all frames" }
    return name + "\(span.lowerBound)–\(span.upperBound - 1)"
  }

  /// How many tokens are made anew, of all.
  private var counts: (anew: Int, all: Int)? {
    guard let summary = model.clip.summary, let strides = model.model?.strides else { return nil }
    let geometry = TokenGeometry(strides: strides.map { [$0.t, $0.y, $0.x] })
    let padded = geometry.padded(
      frames: summary.frameCount, width: summary.width, height: summary.height)
    let chosen = region.region(frames: summary.frameCount, levelCount: strides.count)
    let counts = strides.indices.map {
      chosen.mask(level: $0 + 1, geometry: geometry, padded: padded).count
    }
    let all = geometry.grids(padded: padded).reduce(0) { $0 + $1.reduce(1, *) }
    return (counts.reduce(0, +), all)
  }

  func draw(on screen: inout Screen, in rect: Rect) {
    for (piece, place) in placed(in: rect) {
      screen.put(
        piece.text, x: place.x, y: place.y,
        style: Style(piece.role, on: .background, piece.isBold ? .bold : []), limit: place.width)
    }
  }

  func target(x: Int, y: Int, in rect: Rect) -> Target? {
    placed(in: rect).first { $0.place.contains(x: x, y: y) }?.piece.target
  }

  private func placed(in rect: Rect) -> [(piece: Piece, place: Rect)] {
    guard !rect.isEmpty else { return [] }
    func columns(_ pieces: [Piece]) -> Int { pieces.reduce(0) { $0 + $1.text.columns } }
    var pieces = pieces(isShort: false)
    if columns(pieces) > rect.width { pieces = self.pieces(isShort: true) }
    let comparison = Piece(
      text: "v: " + model.generate.comparison.rawValue, role: .accent, target: .comparison)
    // What is compared is said before how many tokens there are.
    let room = rect.width - columns(pieces) - comparison.text.columns - 3
    if let (anew, all) = counts {
      let short = " · \(Numbers.grouped(anew)) tokens"
      let texts = [" · \(Numbers.grouped(anew)) of \(Numbers.grouped(all)) tokens anew", short]
      if let text = texts.first(where: { $0.columns <= room }) {
        pieces.append(Piece(text: text, role: .secondary))
      }
    }
    var x = rect.x
    var result: [(piece: Piece, place: Rect)] = []
    for piece in pieces {
      let width = min(piece.text.columns, max(0, rect.maxX - x))
      result.append((piece, Rect(x: x, y: rect.y, width: width, height: 1)))
      x += width
    }
    let width = comparison.text.columns
    if rect.maxX - x > width + 2 {
      result.append(
        (comparison, Rect(x: rect.maxX - width - 1, y: rect.y, width: width, height: 1)))
    }
    return result
  }
}
