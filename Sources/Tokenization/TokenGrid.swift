/// The codes of one level, or of one chunk of it.
package struct TokenGrid: Sendable, Equatable {
  /// 1 is the finest.
  package let level: Int
  package let t: Int
  package let h: Int
  package let w: Int
  /// t-major, then rows, then columns; most significant bit first.
  package var codes: [UInt32]

  package init(level: Int, t: Int, h: Int, w: Int, codes: [UInt32]) {
    precondition(
      codes.count == t * h * w, "\(codes.count) codes do not fill a grid of [\(t), \(h), \(w)].")
    self.level = level
    self.t = t
    self.h = h
    self.w = w
    self.codes = codes
  }

  package var shape: [Int] { [t, h, w] }
  package var count: Int { codes.count }

  package subscript(t: Int, y: Int, x: Int) -> UInt32 {
    get { codes[index(t, y, x)] }
    set { codes[index(t, y, x)] = newValue }
  }

  /// The temporal rows `range` as a grid of their own.
  package func rows(_ range: Range<Int>) -> TokenGrid {
    let plane = h * w
    let part = codes[(range.lowerBound * plane)..<(range.upperBound * plane)]
    return TokenGrid(level: level, t: range.count, h: h, w: w, codes: Array(part))
  }

  /// Puts the rows of `next` behind these.
  package mutating func append(_ next: TokenGrid) {
    precondition(
      next.level == level && next.h == h && next.w == w,
      "Level \(next.level) of \(next.shape) does not continue level \(level) of \(shape).")
    self = TokenGrid(level: level, t: t + next.t, h: h, w: w, codes: codes + next.codes)
  }

  private func index(_ t: Int, _ y: Int, _ x: Int) -> Int {
    precondition(
      (0..<self.t).contains(t) && (0..<h).contains(y) && (0..<w).contains(x),
      "No token at [\(t), \(y), \(x)] of \(shape).")
    return (t * h + y) * w + x
  }
}
