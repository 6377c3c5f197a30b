/// A width and a height in cells, never negative.
package struct Size: Hashable, Sendable {
  package let width: Int
  package let height: Int

  /// What the smallest layouts are drawn for.
  package static let smallest = Size(width: 40, height: 12)

  package init(width: Int, height: Int) {
    self.width = max(0, width)
    self.height = max(0, height)
  }

  package var area: Int { width * height }
}
