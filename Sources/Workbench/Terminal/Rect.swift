/// A rectangle of cells; its size is never negative, whatever it is cut to.
package struct Rect: Hashable, Sendable {
  package let x: Int
  package let y: Int
  package let width: Int
  package let height: Int

  package init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = max(0, width)
    self.height = max(0, height)
  }

  package init(_ size: Size) {
    self.init(x: 0, y: 0, width: size.width, height: size.height)
  }

  /// The first column and row behind the rectangle.
  package var maxX: Int { x + width }
  package var maxY: Int { y + height }
  package var size: Size { Size(width: width, height: height) }
  package var isEmpty: Bool { width == 0 || height == 0 }

  package func contains(x: Int, y: Int) -> Bool {
    x >= self.x && x < maxX && y >= self.y && y < maxY
  }

  package func intersection(_ other: Rect) -> Rect {
    let left = max(x, other.x)
    let top = max(y, other.y)
    return Rect(
      x: left, y: top, width: min(maxX, other.maxX) - left, height: min(maxY, other.maxY) - top)
  }

  /// The rectangle with `columns` taken off left and right and `rows` off top and bottom.
  package func inset(columns: Int = 1, rows: Int = 1) -> Rect {
    let columns = min(columns, width / 2)
    let rows = min(rows, height / 2)
    return Rect(
      x: x + columns, y: y + rows, width: width - 2 * columns, height: height - 2 * rows)
  }

  /// A rectangle of at most `size` in the middle of this one.
  package func centred(_ size: Size) -> Rect {
    let width = min(size.width, self.width)
    let height = min(size.height, self.height)
    return Rect(
      x: x + (self.width - width) / 2, y: y + (self.height - height) / 2, width: width,
      height: height)
  }

  /// The upper `rows` and what is left below them.
  package func splitTop(_ rows: Int) -> (top: Rect, rest: Rect) {
    let rows = min(max(0, rows), height)
    return (
      Rect(x: x, y: y, width: width, height: rows),
      Rect(x: x, y: y + rows, width: width, height: height - rows)
    )
  }

  /// What is left above and the lower `rows`.
  package func splitBottom(_ rows: Int) -> (rest: Rect, bottom: Rect) {
    let rows = min(max(0, rows), height)
    let (rest, bottom) = splitTop(height - rows)
    return (rest, bottom)
  }

  /// The left `columns` and what is left beside them.
  package func splitLeft(_ columns: Int) -> (left: Rect, rest: Rect) {
    let columns = min(max(0, columns), width)
    return (
      Rect(x: x, y: y, width: columns, height: height),
      Rect(x: x + columns, y: y, width: width - columns, height: height)
    )
  }

  /// What is left and the right `columns`.
  package func splitRight(_ columns: Int) -> (rest: Rect, right: Rect) {
    let columns = min(max(0, columns), width)
    let (rest, right) = splitLeft(width - columns)
    return (rest, right)
  }

  /// Columns side by side, as wide as their `weights` say; together they fill the rectangle.
  package func columns(weights: [Double], gap: Int = 0) -> [Rect] {
    let spans = Self.spans(of: width, weights: weights, gap: gap)
    return spans.map { Rect(x: x + $0.start, y: y, width: $0.length, height: height) }
  }

  /// Rows below each other, as high as their `weights` say; together they fill the rectangle.
  package func rows(weights: [Double], gap: Int = 0) -> [Rect] {
    let spans = Self.spans(of: height, weights: weights, gap: gap)
    return spans.map { Rect(x: x, y: y + $0.start, width: width, height: $0.length) }
  }

  private static func spans(
    of length: Int, weights: [Double], gap: Int
  ) -> [(start: Int, length: Int)] {
    let total = weights.reduce(0, +)
    guard !weights.isEmpty, total > 0 else { return [] }
    let usable = max(0, length - gap * (weights.count - 1))
    var spans: [(start: Int, length: Int)] = []
    var sum = 0.0
    var end = 0
    for (index, weight) in weights.enumerated() {
      sum += weight
      let next = index == weights.count - 1 ? usable : Int((Double(usable) * sum / total).rounded())
      spans.append((min(length, end + index * gap), max(0, next - end)))
      end = max(end, next)
    }
    return spans
  }
}
