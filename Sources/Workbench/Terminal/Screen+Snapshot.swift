extension Screen {
  /// The screen with ANSI colours, each row ended by a reset and a newline.
  package func ansi(theme: Theme, depth: ColorDepth) -> String {
    var mixer = InkMixer(theme: theme, depth: depth)
    var text = ""
    for y in 0..<height {
      var shown: (Ink, Ink, Attributes)?
      for cell in cells[y * width..<(y + 1) * width] where !cell.isContinuation {
        let look = (
          mixer.ink(cell.style.foreground), mixer.ink(cell.style.background),
          mixer.attributes(cell.style)
        )
        if shown.map({ $0 != look }) ?? true {
          text += Self.sequence(look)
          shown = look
        }
        text += cell.text
      }
      text += "\u{1b}[m\n"
    }
    return text
  }

  private static func sequence(_ look: (Ink, Ink, Attributes)) -> String {
    var numbers = ["0"]
    if look.2.contains(.bold) { numbers.append("1") }
    if look.2.contains(.dim) { numbers.append("2") }
    if look.2.contains(.underline) { numbers.append("4") }
    if look.2.contains(.reverse) { numbers.append("7") }
    for (ink, base) in [(look.0, 30), (look.1, 40)] {
      switch ink >> 24 {
      case 0: break
      case 1: numbers.append("\(base + 8);5;\(ink & 0xff)")
      default: numbers.append("\(base + 8);2;\(ink >> 16 & 0xff);\(ink >> 8 & 0xff);\(ink & 0xff)")
      }
    }
    return "\u{1b}[" + numbers.joined(separator: ";") + "m"
  }

  /// The screen with nothing outside ASCII, for a locale that is not UTF-8.
  package var asciiText: String {
    var ascii = self
    for place in cells.indices where cells[place].scalar >= 0x80 {
      ascii.cells[place].scalar = SymbolSet.asciiFallback(for: cells[place].scalar)
      ascii.cells[place].mark = 0
    }
    // The second half of a wide scalar's two columns.
    for place in cells.indices where cells[place].isContinuation { ascii.cells[place].scalar = 32 }
    return ascii.text
  }
}
