/// What a widget must know of the terminal to choose its glyphs.
package struct DrawingContext: Hashable, Sendable {
  package var theme: Theme
  package var symbols: SymbolSet
  package var depth: ColorDepth
  /// What a cell of a playing picture may cost on average, in bytes: the rest of a screen of 80x24
  /// has room within 13 KiB.
  package var pictureBytesPerCell = 6.4

  package init(
    theme: Theme = .dark, symbols: SymbolSet = .braille, depth: ColorDepth = .truecolor
  ) {
    self.theme = theme
    self.symbols = symbols
    self.depth = depth
  }

  package var isMonochrome: Bool { depth == .none }
}
