import TokenizerEngine

/// The tokens of the clip and what is looked at.
package struct TokensModel: Equatable, Sendable {
  package var pyramid: TokenPyramid?
  /// What they were found with.
  package var caption: String?
  /// The level under the cursor, 1…4; the step follows from the playhead.
  package var level = 1
  package var row = 0
  package var column = 0
  package var mutes = Mutes()
  /// The bit that is looked at, 0 the most significant; nil while the grid has the keys.
  package var bit: Int?
  package var editing = TokenEditing()
  /// How far another model's tokens are, while that is looked at.
  package var drift: TokenDrift?

  /// Where the cursor stands, at the step that holds a frame.
  package func cursor(atFrame frame: Int) -> TokenPosition? {
    guard let grid = pyramid?[level: level] else { return nil }
    return TokenPosition(
      level: level, step: min(grid.stride.step(ofFrame: frame), grid.steps - 1),
      row: min(row, grid.rows - 1), column: min(column, grid.columns - 1))
  }
}
