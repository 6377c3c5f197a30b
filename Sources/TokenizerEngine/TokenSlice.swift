/// The codes of one level for a few latent steps, as the encoder hands them out.
package struct TokenSlice: Sendable, Equatable {
  /// 1 is the finest.
  package var level: Int
  package var firstStep: Int
  package var rows: Int
  package var columns: Int
  /// Step by step, then row by row.
  package var codes: [UInt32]
  /// The values before the sign, one for each bit of each code, or none when nobody asked.
  package var margins: [Float]
  /// Codes that a decoder must not see, one for each; none where it may see all.
  package var hidden: [Bool] = []

  package init(
    level: Int, firstStep: Int, rows: Int, columns: Int, codes: [UInt32], margins: [Float] = []
  ) {
    precondition(
      codes.count % max(1, rows * columns) == 0,
      "A slice of \(codes.count) codes is not made of \(rows)x\(columns) grids.")
    self.level = level
    self.firstStep = firstStep
    self.rows = rows
    self.columns = columns
    self.codes = codes
    self.margins = margins
  }

  package var steps: Int { codes.count / max(1, rows * columns) }

  /// One slice for each step, so that every holder of a step shares the same memory.
  package var singleSteps: [TokenSlice] {
    let (size, count) = (rows * columns, steps)
    guard count > 1 else { return [self] }
    let values = margins.count / count
    return (0..<count).map { step in
      TokenSlice(
        level: level, firstStep: firstStep + step, rows: rows, columns: columns,
        codes: Array(codes[step * size..<(step + 1) * size]),
        margins: Array(margins[step * values..<(step + 1) * values]))
    }
  }
}

/// Where a token stands.
package struct TokenPosition: Sendable, Hashable {
  package var level: Int
  package var step: Int
  package var row: Int
  package var column: Int

  package init(level: Int, step: Int, row: Int, column: Int) {
    self.level = level
    self.step = step
    self.row = row
    self.column = column
  }
}
