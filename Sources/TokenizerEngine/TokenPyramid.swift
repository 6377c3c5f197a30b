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

/// The tokens of one level of a clip, filled in as they are found.
package struct TokenLevel: Sendable, Equatable {
  package let level: Int
  package let stride: TokenStride
  package let steps: Int
  package let rows: Int
  package let columns: Int
  /// Step by step, then row by row.
  package private(set) var codes: [UInt32]
  package private(set) var isKnown: [Bool]
  /// Before the sign, `bits` for each token; half precision is plenty for reading.
  package private(set) var margins: [Float16]
  /// How often each code was seen.
  package private(set) var counts: [UInt32]
  package private(set) var knownTokens = 0

  package init(
    level: Int, stride: TokenStride, steps: Int, rows: Int, columns: Int, bits: Int,
    keepsMargins: Bool = true
  ) {
    self.level = level
    self.stride = stride
    self.steps = steps
    self.rows = rows
    self.columns = columns
    codes = [UInt32](repeating: 0, count: steps * rows * columns)
    isKnown = [Bool](repeating: false, count: steps)
    margins = [Float16](
      repeating: 0, count: keepsMargins ? steps * rows * columns * bits : 0)
    counts = [UInt32](repeating: 0, count: 1 << min(bits, 20))
  }

  package var tokensPerStep: Int { rows * columns }

  package func code(step: Int, row: Int, column: Int) -> UInt32? {
    guard
      isKnown.indices.contains(step), isKnown[step], (0..<rows).contains(row),
      (0..<columns).contains(column)
    else { return nil }
    return codes[(step * rows + row) * columns + column]
  }

  /// The values before the sign, most significant bit first.
  package func margins(step: Int, row: Int, column: Int, bits: Int) -> [Float]? {
    guard code(step: step, row: row, column: column) != nil else { return nil }
    let first = ((step * rows + row) * columns + column) * bits
    guard first + bits <= margins.count else { return nil }
    return margins[first..<first + bits].map { Float($0) }
  }

  /// The share of codes that differ from the step before, or nil where one of the two is unknown.
  package func change(atStep step: Int) -> Double? {
    guard step > 0, step < steps, isKnown[step], isKnown[step - 1] else { return nil }
    let size = tokensPerStep
    var changed = 0
    for index in 0..<size where codes[step * size + index] != codes[(step - 1) * size + index] {
      changed += 1
    }
    return Double(changed) / Double(max(1, size))
  }

  /// Takes what is not known yet; true if anything was new.
  fileprivate mutating func insert(_ slice: TokenSlice, bits: Int) -> Bool {
    precondition(
      slice.rows == rows && slice.columns == columns,
      "Level \(level) is \(rows)x\(columns), the slice \(slice.rows)x\(slice.columns).")
    var isNew = false
    let size = tokensPerStep
    for offset in 0..<slice.steps {
      let step = slice.firstStep + offset
      guard isKnown.indices.contains(step), !isKnown[step] else { continue }
      isNew = true
      isKnown[step] = true
      knownTokens += size
      for index in 0..<size {
        let code = slice.codes[offset * size + index]
        codes[step * size + index] = code
        if Int(code) < counts.count { counts[Int(code)] += 1 }
      }
      guard slice.margins.count == slice.codes.count * bits, !margins.isEmpty else { continue }
      for index in 0..<size * bits {
        margins[step * size * bits + index] = Float16(slice.margins[offset * size * bits + index])
      }
    }
    return isNew
  }
}

/// Every level's tokens of one clip.
package struct TokenPyramid: Sendable, Equatable {
  package let bits: Int
  /// Level 1, the finest, first.
  package private(set) var levels: [TokenLevel]

  /// More values before the sign than these are not kept, so that hours of video fit into memory.
  package static let mostMargins = 48 << 20

  /// For a clip of this size; the grids follow from the padded one.
  package init(
    model: ModelSummary, frames: Int, width: Int, height: Int, keepsMargins: Bool = true
  ) {
    bits = model.bits
    let coarsest = model.strides.last ?? TokenStride(t: 1, y: 1, x: 1)
    let longest = model.strides.map(\.t).max() ?? 1
    let steps = (max(1, frames) - 1 + longest - 1) / longest
    let rows = (height + coarsest.y - 1) / coarsest.y * coarsest.y
    let columns = (width + coarsest.x - 1) / coarsest.x * coarsest.x
    let shapes = model.strides.map { stride in
      (steps: steps * longest / stride.t + 1, rows: rows / stride.y, columns: columns / stride.x)
    }
    let tokens = shapes.reduce(0) { $0 + $1.steps * $1.rows * $1.columns }
    let keepsMargins = keepsMargins && tokens * model.bits <= Self.mostMargins
    levels = zip(model.strides, shapes).enumerated().map { index, level in
      TokenLevel(
        level: index + 1, stride: level.0, steps: level.1.steps, rows: level.1.rows,
        columns: level.1.columns, bits: model.bits, keepsMargins: keepsMargins)
    }
  }

  package subscript(level level: Int) -> TokenLevel? {
    levels.indices.contains(level - 1) ? levels[level - 1] : nil
  }

  /// Takes what is not known yet; true if anything was new.
  @discardableResult
  package mutating func insert(_ slices: [TokenSlice]) -> Bool {
    var isNew = false
    for slice in slices where levels.indices.contains(slice.level - 1) {
      if levels[slice.level - 1].insert(slice, bits: bits) { isNew = true }
    }
    return isNew
  }

  package func code(at position: TokenPosition) -> UInt32? {
    self[level: position.level]?
      .code(step: position.step, row: position.row, column: position.column)
  }

  /// True when every level knows the step that holds the frame.
  package func isKnown(frame: Int) -> Bool {
    levels.allSatisfy { level in
      let step = level.stride.step(ofFrame: frame)
      return level.isKnown.indices.contains(step) && level.isKnown[step]
    }
  }

  /// The same place seen at another level: the token that covers its centre and its first frame.
  package func position(_ position: TokenPosition, atLevel level: Int) -> TokenPosition? {
    guard let from = self[level: position.level], let to = self[level: level] else { return nil }
    let y = position.row * from.stride.y + from.stride.y / 2
    let x = position.column * from.stride.x + from.stride.x / 2
    let frame = from.stride.frames(ofStep: position.step).lowerBound
    return TokenPosition(
      level: level, step: min(to.stride.step(ofFrame: frame), to.steps - 1),
      row: min(y / to.stride.y, to.rows - 1), column: min(x / to.stride.x, to.columns - 1))
  }

  /// Where a code occurs on one level, at most `limit` places, in order of time.
  package func places(of code: UInt32, level: Int, limit: Int) -> [TokenPosition] {
    guard let grid = self[level: level] else { return [] }
    var places: [TokenPosition] = []
    let size = grid.tokensPerStep
    for step in 0..<grid.steps where grid.isKnown[step] {
      for index in 0..<size where grid.codes[step * size + index] == code {
        places.append(
          TokenPosition(
            level: level, step: step, row: index / grid.columns, column: index % grid.columns))
        if places.count == limit { return places }
      }
    }
    return places
  }

  /// How often a code occurs on a level and how many codes occur more often (rank 1 is the most).
  package func usage(of code: UInt32, level: Int) -> (count: Int, rank: Int, used: Int)? {
    guard let grid = self[level: level], Int(code) < grid.counts.count else { return nil }
    let count = grid.counts[Int(code)]
    var above = 0
    var used = 0
    for other in grid.counts where other > 0 {
      used += 1
      if other > count { above += 1 }
    }
    return (Int(count), above + 1, used)
  }
}
