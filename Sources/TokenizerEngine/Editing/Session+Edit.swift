extension Session {
  /// Changes the working tokens; without a change where all is as it was to become.
  ///
  /// Throws one line where it cannot be done, and then nothing is changed.
  package func edit(
    _ edit: TokenEdit, job: JobID
  ) throws -> (report: EditReport, change: WorkingChange?) {
    guard let codec, let pyramid, let grid = pyramid[level: edit.position.level] else {
      throw EditError.noTokens
    }
    let position = edit.position
    guard let before = pyramid.code(at: position) else {
      throw (0..<grid.steps).contains(position.step) && (0..<grid.rows).contains(position.row)
        && (0..<grid.columns).contains(position.column)
        ? EditError.unknown(position) : EditError.outside
    }
    let block = try block(of: edit, before: before, bits: pyramid.bits)
    let steps = position.step..<min(grid.steps, position.step + block.steps)
    var (old, new): ([UInt32], [UInt32]) = ([], [])
    var (placed, changed) = (0, 0)
    for step in steps {
      guard let plane = grid.codes(ofStep: step) else {
        throw EditError.unknown(TokenPosition(level: grid.level, step: step, row: 0, column: 0))
      }
      var after = plane
      for row in 0..<min(block.rows, grid.rows - position.row) {
        for column in 0..<min(block.columns, grid.columns - position.column) {
          let place = (position.row + row) * grid.columns + position.column + column
          after[place] =
            block.codes[((step - steps.lowerBound) * block.rows + row) * block.columns + column]
          placed += 1
          if after[place] != plane[place] { changed += 1 }
        }
      }
      old += plane
      new += after
    }
    let report = EditReport(
      edit: edit, before: before, after: block.codes[0], bits: pyramid.bits, placed: placed,
      changed: changed)
    guard changed > 0 else { return (report, nil) }
    func slice(_ codes: [UInt32]) -> TokenSlice {
      TokenSlice(
        level: grid.level, firstStep: steps.lowerBound, rows: grid.rows, columns: grid.columns,
        codes: codes)
    }
    var last = position
    last.step = steps.upperBound - 1
    let frames =
      codec.summary.frames(changedBy: position).lowerBound..<codec.summary.frames(changedBy: last)
      .upperBound + 1
    return (
      report,
      perform(
        AcceptedSteps.Step(job: job, before: [slice(old)], after: [slice(new)], frames: frames))
    )
  }

  /// The codes that are put in, as a box.
  private func block(of edit: TokenEdit, before: UInt32, bits: Int) throws -> TokenBlock {
    var code: UInt32
    switch edit {
    case .paste(let block, _):
      guard block.bits == bits else { throw EditError.otherBits(block: block.bits, clip: bits) }
      guard !block.codes.isEmpty else { throw EditError.outside }
      return block
    case .flip(let bit, _):
      guard (0..<bits).contains(bit) else { throw EditError.outside }
      code = before ^ 1 << UInt32(bits - 1 - bit)
    case .set(let wanted, _): code = wanted
    }
    guard code >> UInt32(bits) == 0 else { throw EditError.tooLarge(code: code, bits: bits) }
    return TokenBlock(level: 1, bits: bits, steps: 1, rows: 1, columns: 1, codes: [code])
  }
}
