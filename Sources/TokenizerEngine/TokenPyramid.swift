/// Every level's tokens of one clip.
package struct TokenPyramid: Sendable, Equatable {
  package let bits: Int
  /// Level 1, the finest, first.
  package private(set) var levels: [TokenLevel]
  /// The values before the sign take at most so much; those far from the playhead go first.
  private let marginLimit: Int
  private var marginBytes = 0

  package static let usualMarginLimit = 64 << 20

  /// For a clip of this size; the grids follow from the padded one.
  ///
  /// - Parameter marginLimit: in bytes; with 0 no values before the sign are kept.
  package init(
    model: ModelSummary, frames: Int, width: Int, height: Int,
    marginLimit: Int = Self.usualMarginLimit
  ) {
    bits = model.bits
    self.marginLimit = marginLimit
    let coarsest = model.strides.last ?? TokenStride(t: 1, y: 1, x: 1)
    let longest = model.strides.map(\.t).max() ?? 1
    let steps = (max(1, frames) - 1 + longest - 1) / longest
    let rows = (height + coarsest.y - 1) / coarsest.y * coarsest.y
    let columns = (width + coarsest.x - 1) / coarsest.x * coarsest.x
    levels = model.strides.enumerated().map { index, stride in
      TokenLevel(
        level: index + 1, stride: stride, steps: steps * longest / stride.t + 1,
        rows: rows / stride.y, columns: columns / stride.x, bits: model.bits)
    }
  }

  package subscript(level level: Int) -> TokenLevel? {
    levels.indices.contains(level - 1) ? levels[level - 1] : nil
  }

  /// Of all steps, known or not.
  package var tokens: Int { levels.reduce(0) { $0 + $1.tokens } }
  package var knownTokens: Int { levels.reduce(0) { $0 + $1.knownTokens } }
  package var isWhole: Bool { levels.allSatisfy(\.isWhole) }

  /// Takes what is not known yet; true if any code was new.
  ///
  /// - Parameter playhead: the frame around which the values before the sign are kept.
  @discardableResult
  package mutating func insert(_ slices: [TokenSlice], near playhead: Int = 0) -> Bool {
    var isNew = false
    for slice in slices where levels.indices.contains(slice.level - 1) {
      let index = slice.level - 1
      let before = levels[index].margins.count
      if levels[index].insert(slice, keepsMargins: marginLimit > 0) { isNew = true }
      marginBytes += (levels[index].margins.count - before) * levels[index].marginBytesPerStep
    }
    if marginBytes > marginLimit { dropMargins(farFrom: playhead) }
    return isNew
  }

  /// Takes codes in place of those that were known; false where some are of another clip's shape.
  @discardableResult
  package mutating func replace(_ slices: [TokenSlice]) -> Bool {
    var fits = true
    for slice in slices where levels.indices.contains(slice.level - 1) {
      if !levels[slice.level - 1].replace(slice) { fits = false }
    }
    return fits
  }

  /// Down to three quarters at once, so that sorting is rare.
  private mutating func dropMargins(farFrom playhead: Int) {
    var kept: [(distance: Int, level: Int, step: Int)] = []
    for (index, level) in levels.enumerated() {
      for step in level.margins.keys {
        let frame = level.stride.frames(ofStep: step).lowerBound
        kept.append((abs(frame - playhead), index, step))
      }
    }
    kept.sort { $0 > $1 }
    for (_, level, step) in kept {
      guard marginBytes > marginLimit / 4 * 3 else { return }
      levels[level].dropMargins(ofStep: step)
      marginBytes -= levels[level].marginBytesPerStep
    }
  }

  package func code(at position: TokenPosition) -> UInt32? {
    self[level: position.level]?
      .code(step: position.step, row: position.row, column: position.column)
  }

  /// True when every level knows the step that holds the frame.
  package func isKnown(frame: Int) -> Bool {
    levels.allSatisfy { $0.isKnown(step: $0.stride.step(ofFrame: frame)) }
  }

  /// True when the values before the sign are at hand for the steps that hold the frame.
  package func hasMargins(frame: Int) -> Bool {
    levels.allSatisfy { $0.margins[$0.stride.step(ofFrame: frame)] != nil }
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
    let known = Int(code) < grid.counts.count ? Int(grid.counts[Int(code)]) : limit
    let wanted = min(limit, known)
    var places: [TokenPosition] = []
    for step in 0..<grid.steps where places.count < wanted {
      guard let codes = grid.codes(ofStep: step), codes.contains(code) else { continue }
      for index in codes.indices where codes[index] == code && places.count < wanted {
        places.append(
          TokenPosition(
            level: level, step: step, row: index / grid.columns, column: index % grid.columns))
      }
    }
    return places
  }

  /// The frames of the steps in which a code occurs, on whatever level.
  package func frames(ofCode code: UInt32) -> [ClosedRange<Int>] {
    levels.flatMap { grid -> [ClosedRange<Int>] in
      guard Int(code) < grid.counts.count, grid.counts[Int(code)] > 0 else { return [] }
      return (0..<grid.steps).compactMap { step in
        grid.codes(ofStep: step)?.contains(code) == true ? grid.stride.frames(ofStep: step) : nil
      }
    }
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

extension TokenPyramid {
  /// What the decoder is fed for a chunk, or nil while a part of it is unknown.
  func slices(ofChunk chunk: Int, cold: Bool) -> [TokenSlice]? {
    var slices: [TokenSlice] = []
    let frames = ChunkSchedule.frames(ofChunk: chunk)
    for grid in levels {
      let last = grid.stride.step(ofFrame: frames.upperBound)
      let first = cold ? last : grid.stride.step(ofFrame: frames.lowerBound)
      let steps = (first...last).compactMap { grid.codes(ofStep: $0) }
      guard steps.count == last - first + 1 else { return nil }
      slices.append(
        TokenSlice(
          level: grid.level, firstStep: first, rows: grid.rows, columns: grid.columns,
          codes: steps.count == 1 ? steps[0] : Array(steps.joined())))
    }
    return slices
  }

  /// Whether all that a chunk decodes to is known.
  func isKnown(chunk: Int) -> Bool {
    let frames = ChunkSchedule.frames(ofChunk: chunk)
    return levels.allSatisfy { grid in
      let steps =
        grid.stride.step(ofFrame: frames.lowerBound)...grid.stride.step(ofFrame: frames.upperBound)
      return steps.allSatisfy { grid.isKnown(step: $0) }
    }
  }
}

extension TokenLevel {
  /// What the values before the sign of one step take.
  var marginBytesPerStep: Int { tokensPerStep * bits * 2 }
}
