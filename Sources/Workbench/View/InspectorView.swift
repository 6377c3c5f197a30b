import TokenizerEngine

/// Everything about the token under the cursor: its code, its bits and how sure they are, how
/// often the code is used and where else.
struct InspectorView {
  let model: AppModel
  let context: DrawingContext
  let cursor: TokenPosition?
  let code: UInt32?

  func draw(on screen: inout Screen, in rect: Rect) {
    guard let cursor, let pyramid = model.tokens.pyramid, !rect.isEmpty else { return }
    guard let code else {
      screen.put(
        "This step is not tokenized yet.", in: rect, row: min(1, rect.height - 1),
        style: Style(.secondary))
      return
    }
    if rect.height < 8 { return drawShort(code, cursor, pyramid, on: &screen, in: rect) }
    let (head, below) = rect.splitTop(3)
    drawHead(code, cursor, pyramid, on: &screen, in: head)
    let columns = rect.width >= 56 && rect.height < 13 ? 4 : 2
    let bitRows = (pyramid.bits + columns - 1) / columns
    let (bits, rest) = below.splitTop(min(below.height, bitRows))
    drawBits(code, cursor, pyramid, columns: columns, on: &screen, in: bits)
    let (note, places) = rest.splitTop(noteText(cursor, pyramid) == nil ? 0 : 1)
    screen.put(noteText(cursor, pyramid) ?? "", in: note, style: Style(.secondary))
    drawPlaces(code, cursor, pyramid, on: &screen, in: places)
  }

  private func drawShort(
    _ code: UInt32, _ cursor: TokenPosition, _ pyramid: TokenPyramid, on screen: inout Screen,
    in rect: Rect
  ) {
    let bits = String(code, radix: 2)
    let padding = String(repeating: "0", count: max(0, pyramid.bits - bits.count))
    screen.put(
      "\(Numbers.hexadecimal(code, bits: pyramid.bits)) = \(code)  \(padding + bits)", in: rect,
      style: Style(.accent, on: .background, .bold))
    screen.put(
      bitText(code, cursor, pyramid) ?? usage(code, cursor, pyramid), in: rect, row: 1,
      style: Style(.text))
  }

  /// The bit that is chosen, where there is no room for all of them.
  private func bitText(
    _ code: UInt32, _ cursor: TokenPosition, _ pyramid: TokenPyramid
  ) -> String? {
    guard let bit = model.tokens.bit else { return nil }
    var text = "bit \(bit) is \(code >> UInt32(max(0, pyramid.bits - 1 - bit)) & 1)"
    if model.tokens.editing.isExplaining {
      let effect = effects(at: cursor)?.bits[bit]
      text += ", mean |Δ| " + (effect.map { Numbers.fixed($0.mean, 2) } ?? "…") + " of 255"
    }
    return text
  }

  private func drawHead(
    _ code: UInt32, _ cursor: TokenPosition, _ pyramid: TokenPyramid, on screen: inout Screen,
    in rect: Rect
  ) {
    var x = rect.x
    x += screen.put(
      "L\(cursor.level)", x: x, y: rect.y,
      style: Style(.level(cursor.level), on: .background, .bold))
    x += screen.put(
      "  t \(cursor.step)  y \(cursor.row)  x \(cursor.column)", x: x, y: rect.y,
      style: Style(.text), limit: rect.maxX - x)
    x = rect.x
    let swatch = TokenColors.color(of: code)
    x += screen.put("  ", x: x, y: rect.y + 1, style: Style(.rgb(swatch), on: .rgb(swatch)))
    x += screen.put(
      " \(Numbers.hexadecimal(code, bits: pyramid.bits))", x: x, y: rect.y + 1,
      style: Style(.title, on: .background, .bold))
    screen.put(
      "  code \(Numbers.grouped(Int(code)))", x: x, y: rect.y + 1, style: Style(.secondary),
      limit: rect.maxX - x)
    screen.put(usage(code, cursor, pyramid), in: rect, row: 2, style: Style(.text))
  }

  private func margins(at cursor: TokenPosition, _ pyramid: TokenPyramid) -> [Float]? {
    pyramid[level: cursor.level]?.margins(
      step: cursor.step, row: cursor.row, column: cursor.column)
  }

  private func noteText(_ cursor: TokenPosition, _ pyramid: TokenPyramid) -> String? {
    if model.tokens.editing.isExplaining { return "mean |Δ| here, of 255" }
    if let drift = model.tokens.drift {
      let bits = drift[level: cursor.level]?.distance(
        step: cursor.step, row: cursor.row, column: cursor.column)
      return "vs \(drift.model.sha256.prefix(8)): "
        + (bits.map { "\($0) of \(pyramid.bits) bits differ" } ?? "not compared yet")
    }
    return margins(at: cursor, pyramid) == nil
      ? "margins are kept near the playhead; t finds these" : nil
  }

  /// What the bits of this token do, while that is looked at.
  private func effects(at cursor: TokenPosition) -> TokenEffects? {
    let editing = model.tokens.editing
    guard editing.isExplaining, let effects = editing.effects, effects.position == cursor else {
      return nil
    }
    return effects
  }

  private func usage(_ code: UInt32, _ cursor: TokenPosition, _ pyramid: TokenPyramid) -> String {
    guard let usage = pyramid.usage(of: code, level: cursor.level) else { return "" }
    let times = usage.count == 1 ? "once" : "\(usage.count) times"
    return "\(times), rank \(usage.rank) of \(Numbers.grouped(usage.used)) used"
  }

  /// Bit number, value, margin |z| with its sign, and a bar of the margin.
  private func drawBits(
    _ code: UInt32, _ cursor: TokenPosition, _ pyramid: TokenPyramid, columns: Int,
    on screen: inout Screen, in rect: Rect
  ) {
    let isExplaining = model.tokens.editing.isExplaining
    let margins = isExplaining ? nil : margins(at: cursor, pyramid)
    let effects = effects(at: cursor)
    let rows = (pyramid.bits + columns - 1) / columns
    let width = rect.width / max(1, columns)
    for bit in 0..<pyramid.bits where bit % rows < rect.height {
      let x = rect.x + bit / rows * width
      let y = rect.y + bit % rows
      let isOne = code >> UInt32(pyramid.bits - 1 - bit) & 1 == 1
      let isMuted =
        model.tokens.mutes.contains(bit: bit, level: cursor.level)
        || model.tokens.mutes.contains(level: cursor.level)
      let isChosen = model.tokens.bit == bit
      let surface: ThemeRole = isChosen ? .selection : .background
      if isChosen {
        screen.fill(Rect(x: x, y: y, width: width - 1, height: 1), style: Style(.text, on: surface))
      }
      let number = "\(bit)"
      screen.put(
        (number.count < 2 ? " " : "") + number, x: x, y: y, style: Style(.secondary, on: surface))
      screen.put(
        isMuted ? "x" : isOne ? "1" : "0", x: x + 3, y: y,
        style: Style(isMuted ? .warning : isOne ? .accent : .text, on: surface, .bold))
      if isExplaining {
        drawEffect(effects?.bits[bit], of: effects, x: x + 5, y: y, width: width - 6, on: &screen)
      }
      guard let margins, margins.indices.contains(bit) else { continue }
      // What was found for a code that was changed by hand since is not what it says now.
      let isOther = (margins[bit] > 0) != isOne
      screen.put(
        Numbers.signed(Double(margins[bit]), 2), x: x + 5, y: y,
        style: Style(isOther ? .warning : .text, on: surface), limit: max(0, min(5, width - 6)))
      // As long as |z|, full at 2: short bars are bits that nearly fell the other way.
      screen.bar(
        Double(abs(margins[bit])) / 2, x: x + 11, y: y, width: min(20, width - 12),
        color: .role(abs(margins[bit]) < 0.1 ? .warning : .series1), track: nil, context: context)
    }
  }

  /// How much the bit changes the frame, with a bar as long as its share of the strongest bit.
  private func drawEffect(
    _ effect: BitEffect?, of all: TokenEffects?, x: Int, y: Int, width: Int,
    on screen: inout Screen
  ) {
    let surface = screen[x, y].style.background
    guard let effect else {
      screen.put("…", x: x, y: y, style: Style(.role(.secondary), on: surface), limit: width)
      return
    }
    screen.put(
      Numbers.fixed(effect.mean, effect.mean < 10 ? 2 : 1), x: x + 1, y: y,
      style: Style(.role(.text), on: surface), limit: max(0, width - 1))
    screen.bar(
      effect.mean / max(0.01, all?.strongest?.mean ?? 1), x: x + 6, y: y,
      width: min(20, width - 6), color: .role(.series2), track: nil, context: context)
  }

  private func drawPlaces(
    _ code: UInt32, _ cursor: TokenPosition, _ pyramid: TokenPyramid, on screen: inout Screen,
    in rect: Rect
  ) {
    guard rect.height > 0 else { return }
    let places = pyramid.places(of: code, level: cursor.level, limit: 400)
      .filter { $0 != cursor }
    guard !places.isEmpty else {
      screen.put(
        "no other place in this clip", in: rect, style: Style(.secondary))
      return
    }
    var x = rect.x
    var y = rect.y
    x += screen.put(
      rect.width >= 40 ? "also at step:row,column  " : "also at ", x: x, y: y,
      style: Style(.secondary), limit: rect.width)
    for (index, place) in places.enumerated() {
      let text = "\(place.step):\(place.row),\(place.column)"
      if x + text.columns > rect.maxX {
        y += 1
        x = rect.x
      }
      let isLastRow = y == rect.maxY - 1
      let left = places.count - index
      if isLastRow, x + text.columns + 2 + "+\(left)".count > rect.maxX, left > 1 {
        screen.put("+\(left)", x: x, y: y, style: Style(.secondary), limit: rect.maxX - x)
        return
      }
      guard y < rect.maxY else { return }
      let isNow = place.step == cursor.step
      x +=
        screen.put(
          text, x: x, y: y, style: Style(isNow ? .mark : .text), limit: rect.maxX - x) + 2
    }
  }
}
