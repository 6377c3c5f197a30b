/// How large one token is drawn, in columns and half rows.
struct TokenScale: Equatable {
  var columns: Int
  var halfRows: Int

  /// Square tokens: a cell is twice as high as wide.
  static func square(_ columns: Int) -> TokenScale {
    TokenScale(columns: columns, halfRows: columns)
  }

  /// One character for each token, where colours cannot tell two halves of a cell apart.
  static let letter = TokenScale(columns: 1, halfRows: 2)

  /// Whether a cell holds two tokens, one above the other.
  var isHalf: Bool { halfRows == 1 }
  var rows: Int { max(1, halfRows / 2) }

  func size(rows: Int, columns: Int) -> Size {
    Size(width: self.columns * columns, height: (halfRows * rows + 1) / 2)
  }

  /// The same for tokens that stand for `factor` times the rows and columns.
  func times(y: Int, x: Int) -> TokenScale {
    TokenScale(columns: columns * x, halfRows: halfRows * y)
  }

  /// From small to large.
  static func choices(isMonochrome: Bool) -> [TokenScale] {
    (isMonochrome ? [letter] : [square(1)]) + [square(2), square(4)]
  }
}
