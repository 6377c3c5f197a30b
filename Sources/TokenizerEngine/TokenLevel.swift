/// The tokens of one level of a clip, filled in as they are found.
///
/// A step takes memory once it is known, and then shares it with the slice that brought it.
package struct TokenLevel: Sendable, Equatable {
  package let level: Int
  package let stride: TokenStride
  package let steps: Int
  package let rows: Int
  package let columns: Int
  package let bits: Int
  /// For each step its codes, row by row; none while it is unknown.
  private var codes: [[UInt32]]
  /// Before the sign, `bits` for each token of a step; half precision is plenty for reading.
  private(set) var margins: [Int: [Float16]] = [:]
  /// How often each code was seen.
  package private(set) var counts: [UInt32]
  package private(set) var knownSteps = 0

  init(level: Int, stride: TokenStride, steps: Int, rows: Int, columns: Int, bits: Int) {
    self.level = level
    self.stride = stride
    self.steps = steps
    self.rows = rows
    self.columns = columns
    self.bits = bits
    codes = [[UInt32]](repeating: [], count: steps)
    counts = [UInt32](repeating: 0, count: 1 << min(bits, 20))
  }

  package var tokensPerStep: Int { rows * columns }
  /// Of all steps, known or not.
  package var tokens: Int { steps * tokensPerStep }
  package var knownTokens: Int { knownSteps * tokensPerStep }
  package var isWhole: Bool { knownSteps == steps }

  package func isKnown(step: Int) -> Bool { codes.indices.contains(step) && !codes[step].isEmpty }

  /// Row by row, or nil while the step is unknown.
  package func codes(ofStep step: Int) -> [UInt32]? { isKnown(step: step) ? codes[step] : nil }

  package func code(step: Int, row: Int, column: Int) -> UInt32? {
    guard isKnown(step: step), (0..<rows).contains(row), (0..<columns).contains(column) else {
      return nil
    }
    return codes[step][row * columns + column]
  }

  /// The values before the sign, most significant bit first, where they are still kept.
  package func margins(step: Int, row: Int, column: Int) -> [Float]? {
    guard let values = margins[step], (0..<rows).contains(row), (0..<columns).contains(column)
    else { return nil }
    let first = (row * columns + column) * bits
    return values[first..<first + bits].map { Float($0) }
  }

  /// The share of codes that differ from the step before, or nil where one of the two is unknown.
  package func change(atStep step: Int) -> Double? {
    guard step > 0, isKnown(step: step), isKnown(step: step - 1) else { return nil }
    let changed = zip(codes[step], codes[step - 1]).count { $0 != $1 }
    return Double(changed) / Double(max(1, tokensPerStep))
  }

  /// Takes what is not known yet; true if any code was new.
  mutating func insert(_ slice: TokenSlice, keepsMargins: Bool) -> Bool {
    precondition(
      slice.rows == rows && slice.columns == columns,
      "Level \(level) is \(rows)x\(columns), the slice \(slice.rows)x\(slice.columns).")
    var isNew = false
    for slice in slice.singleSteps where codes.indices.contains(slice.firstStep) {
      let step = slice.firstStep
      if codes[step].isEmpty {
        codes[step] = slice.codes
        knownSteps += 1
        for code in slice.codes where Int(code) < counts.count { counts[Int(code)] += 1 }
        isNew = true
      }
      if keepsMargins, margins[step] == nil, slice.margins.count == tokensPerStep * bits {
        margins[step] = slice.margins.map { Float16($0) }
      }
    }
    return isNew
  }

  /// Takes the codes in place of those that were known; false where the shape is another clip's.
  ///
  /// What was before the sign stays as the encoder found it, and may no longer be of that sign.
  mutating func replace(_ slice: TokenSlice) -> Bool {
    guard slice.rows == rows, slice.columns == columns else { return false }
    for slice in slice.singleSteps where codes.indices.contains(slice.firstStep) {
      let step = slice.firstStep
      guard codes[step] != slice.codes else { continue }
      if codes[step].isEmpty { knownSteps += 1 }
      for code in codes[step] where Int(code) < counts.count { counts[Int(code)] -= 1 }
      for code in slice.codes where Int(code) < counts.count { counts[Int(code)] += 1 }
      codes[step] = slice.codes
    }
    return true
  }

  mutating func dropMargins(ofStep step: Int) { margins[step] = nil }
}
