/// Which glyphs charts and pictures are made of.
package enum SymbolSet: String, CaseIterable, Hashable, Sendable {
  /// Dots, 2x4 in a cell.
  case braille
  /// Blocks, 2x2 in a cell, for fonts that draw braille badly.
  case block
  /// Nothing outside ASCII.
  case ascii
}
