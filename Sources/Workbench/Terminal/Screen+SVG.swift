extension Screen {
  /// The screen as a picture that scales: cells of 8x16, blocks as exact rectangles.
  package func svg(theme: Theme) -> String {
    let (cellWidth, cellHeight) = (8, 16)
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width * cellWidth)" \
      height="\(height * cellHeight)" viewBox="0 0 \(width * cellWidth) \(height * cellHeight)" \
      font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="13" \
      xml:space="preserve">
      <rect width="100%" height="100%" fill="\(theme[.background])"/>

      """
    for y in 0..<height { text += backgrounds(y, theme) }
    for y in 0..<height { text += glyphs(y, theme) }
    return text + "</svg>\n"
  }

  private func colors(_ cell: Cell, _ theme: Theme) -> (front: RGB, back: RGB) {
    let front = theme.rgb(cell.style.foreground, standard: .text)
    let back = theme.rgb(cell.style.background, standard: .background)
    return cell.style.attributes.contains(.reverse) ? (back, front) : (front, back)
  }

  /// One rectangle for each run of cells with the same background.
  private func backgrounds(_ y: Int, _ theme: Theme) -> String {
    var text = ""
    var x = 0
    while x < width {
      let color = colors(self[x, y], theme).back
      var end = x + 1
      while end < width, colors(self[end, y], theme).back == color { end += 1 }
      if color != theme[.background] {
        text += Self.rectangle(Double(x), Double(y), Double(end - x), 1, color)
      }
      x = end
    }
    return text
  }

  private func glyphs(_ y: Int, _ theme: Theme) -> String {
    var text = ""
    var x = 0
    while x < width {
      let cell = self[x, y]
      let color = colors(cell, theme).front
      if let parts = Self.blockParts(cell.scalar) {
        for part in parts {
          text += Self.rectangle(
            Double(x) + part.x, Double(y) + part.y, part.width, part.height, color)
        }
        x += 1
        continue
      }
      guard cell.scalar != 32, !cell.isContinuation else {
        x += 1
        continue
      }
      // A run of letters in one style; each keeps its own column.
      var end = x + 1
      var letters = Self.escaped(cell.text)
      while end < width, self[end, y].style == cell.style, self[end, y].scalar != 32,
        !self[end, y].isContinuation, Self.blockParts(self[end, y].scalar) == nil
      {
        letters += Self.escaped(self[end, y].text)
        end += 1
      }
      let places = (x..<end).map { String($0 * 8) }.joined(separator: " ")
      var attributes = "fill=\"\(color)\""
      if cell.style.attributes.contains(.bold) { attributes += " font-weight=\"bold\"" }
      if cell.style.attributes.contains(.dim) { attributes += " opacity=\"0.6\"" }
      if cell.style.attributes.contains(.underline) {
        attributes += " text-decoration=\"underline\""
      }
      text += "<text x=\"\(places)\" y=\"\(y * 16 + 12)\" \(attributes)>\(letters)</text>\n"
      x = end
    }
    return text
  }

  private static func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ color: RGB
  ) -> String {
    func number(_ value: Double) -> String {
      value == value.rounded() ? "\(Int(value))" : "\(value)"
    }
    return "<rect x=\"\(number(x * 8))\" y=\"\(number(y * 16))\" width=\"\(number(width * 8))\" "
      + "height=\"\(number(height * 16))\" fill=\"\(color)\" shape-rendering=\"crispEdges\"/>\n"
  }

  private static func escaped(_ text: String) -> String {
    switch text {
    case "&": "&amp;"
    case "<": "&lt;"
    case ">": "&gt;"
    default: text
    }
  }

  private typealias Part = (x: Double, y: Double, width: Double, height: Double)

  /// The rectangles of a block or braille glyph in shares of a cell; nil for other glyphs.
  private static func blockParts(_ scalar: UInt32) -> [Part]? {
    switch scalar {
    case 0x2580: return [(0, 0, 1, 0.5)]
    case 0x2581...0x2588:
      let height = Double(scalar - 0x2580) / 8
      return [(0, 1 - height, 1, height)]
    case 0x2589...0x258f: return [(0, 0, Double(0x2590 - scalar) / 8, 1)]
    case 0x2590: return [(0.5, 0, 0.5, 1)]
    case 0x2596...0x259f:
      let masks: [UInt32] = [4, 8, 1, 13, 9, 7, 11, 2, 6, 14]
      let mask = masks[Int(scalar - 0x2596)]
      return dots(across: 2, down: 2, margin: 0) { mask >> UInt32($0) & 1 == 1 }
    case 0x2800...0x28ff:
      return dots(across: 2, down: 4, margin: 0.25) { scalar & DotCanvas.brailleBits[$0] != 0 }
    default: return nil
    }
  }

  /// A cell parted in rectangles, of which those are drawn that `isSet`; the margin is a share.
  private static func dots(
    across: Int, down: Int, margin: Double, isSet: (Int) -> Bool
  ) -> [Part] {
    let width = 1 / Double(across)
    let height = 1 / Double(down)
    var parts: [Part] = []
    for dot in 0..<across * down where isSet(dot) {
      let x = (Double(dot % across) + margin) * width
      let y = (Double(dot / across) + margin) * height
      parts.append((x, y, width * (1 - 2 * margin), height * (1 - 2 * margin)))
    }
    return parts
  }
}
