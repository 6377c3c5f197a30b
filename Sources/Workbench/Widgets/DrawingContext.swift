/// What a widget must know of the terminal to choose its glyphs.
package struct DrawingContext: Hashable, Sendable {
  package var theme: Theme
  package var symbols: SymbolSet
  package var depth: ColorDepth

  package init(
    theme: Theme = .dark, symbols: SymbolSet = .braille, depth: ColorDepth = .truecolor
  ) {
    self.theme = theme
    self.symbols = symbols
    self.depth = depth
  }

  package var isMonochrome: Bool { depth == .none }
}
