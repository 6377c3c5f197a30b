/// A change of tokens by hand.
package enum TokenEdit: Sendable, Equatable {
  /// Bit 0 is the most significant.
  case flip(bit: Int, at: TokenPosition)
  case set(code: UInt32, at: TokenPosition)
  /// A box of tokens with its first corner at a place; what does not fit is left out.
  case paste(TokenBlock, at: TokenPosition)

  /// Where it begins.
  package var position: TokenPosition {
    switch self {
    case .flip(_, let position), .set(_, let position), .paste(_, let position): position
    }
  }
}

/// Tokens that were copied, out of one level.
package struct TokenBlock: Sendable, Equatable {
  /// Of the level that they were copied from.
  package var level: Int
  package var bits: Int
  package var steps: Int
  package var rows: Int
  package var columns: Int
  /// Step by step, then row by row.
  package var codes: [UInt32]

  package init(
    level: Int, bits: Int, steps: Int, rows: Int, columns: Int, codes: [UInt32]
  ) {
    precondition(
      codes.count == steps * rows * columns,
      "\(codes.count) codes are not a box of \(steps)x\(rows)x\(columns).")
    self.level = level
    self.bits = bits
    self.steps = steps
    self.rows = rows
    self.columns = columns
    self.codes = codes
  }
}

/// Steps, rows and columns of one level.
package struct TokenBox: Sendable, Equatable {
  package var level: Int
  package var steps: Range<Int>
  package var rows: Range<Int>
  package var columns: Range<Int>

  /// The smallest one that holds both.
  package init(_ a: TokenPosition, _ b: TokenPosition) {
    level = a.level
    steps = min(a.step, b.step)..<max(a.step, b.step) + 1
    rows = min(a.row, b.row)..<max(a.row, b.row) + 1
    columns = min(a.column, b.column)..<max(a.column, b.column) + 1
  }

  package var count: Int { steps.count * rows.count * columns.count }

  package func contains(_ position: TokenPosition) -> Bool {
    position.level == level && steps.contains(position.step) && rows.contains(position.row)
      && columns.contains(position.column)
  }
}

extension TokenPyramid {
  /// The tokens of a box, as far as it lies inside; nil where one of its steps is not known.
  package func block(_ box: TokenBox) -> TokenBlock? {
    guard let grid = self[level: box.level] else { return nil }
    let rows = box.rows.clamped(to: 0..<grid.rows)
    let columns = box.columns.clamped(to: 0..<grid.columns)
    let steps = box.steps.clamped(to: 0..<grid.steps)
    var codes: [UInt32] = []
    for step in steps {
      guard let plane = grid.codes(ofStep: step) else { return nil }
      for row in rows {
        codes += columns.map { plane[row * grid.columns + $0] }
      }
    }
    return TokenBlock(
      level: box.level, bits: bits, steps: steps.count, rows: rows.count, columns: columns.count,
      codes: codes)
  }
}

/// What came of an edit.
package struct EditReport: Sendable, Equatable {
  package var edit: TokenEdit
  /// Of the token at the edit's place.
  package var before: UInt32
  package var after: UInt32
  package var bits: Int
  /// Tokens that found a place, and those whose code is another one now.
  package var placed: Int
  package var changed: Int

  package init(
    edit: TokenEdit, before: UInt32, after: UInt32, bits: Int, placed: Int = 1, changed: Int = 1
  ) {
    self.edit = edit
    self.before = before
    self.after = after
    self.bits = bits
    self.placed = placed
    self.changed = changed
  }
}

/// Why tokens cannot be changed.
package enum EditError: Error, CustomStringConvertible, Equatable {
  case noTokens
  case outside
  case unknown(TokenPosition)
  case tooLarge(code: UInt32, bits: Int)
  case otherBits(block: Int, clip: Int)
  case busy

  package var description: String {
    switch self {
    case .noTokens: "There are no tokens to change; open a clip with :open PATH."
    case .outside: "There is no such token in this clip."
    case .unknown(let position):
      "Step \(position.step) of level \(position.level) is not tokenized yet; t finds its tokens."
    case .tooLarge(let code, let bits):
      "A code of this model has \(bits) bits, 0 to \((1 << bits) - 1); \(code) is too large."
    case .otherBits(let block, let clip):
      "What was copied has \(block) bits for each token, this clip \(clip); it cannot be pasted."
    case .busy: "Tokens are still being found; change them when that is done, or x cancels it."
    }
  }
}
