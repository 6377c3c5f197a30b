/// A part of a clip that a prior sees at once.
package struct TokenWindow: Sendable, Equatable {
  /// Its first frame, row and column of pixels: whole chunks and cells of the coarsest level.
  ///
  /// Where it begins within a clip, the first row of each level stands for the frames that end there.
  package let origin: [Int]
  /// [T, H, W].
  package let size: [Int]

  /// Where a token of the clip stands in the window; nil if it is not in it.
  package func place(_ place: TokenPlace, geometry: TokenGeometry) -> TokenPlace? {
    let stride = geometry.strides[place.level - 1]
    let grid = geometry.grid(level: place.level, padded: size)
    let (t, y, x) = (
      place.t - origin[0] / stride[0], place.y - origin[1] / stride[1],
      place.x - origin[2] / stride[2]
    )
    guard (0..<grid[0]).contains(t), (0..<grid[1]).contains(y), (0..<grid[2]).contains(x) else {
      return nil
    }
    return TokenPlace(level: place.level, t: t, y: y, x: x)
  }

  /// The tokens of a level that lie in it, as places of the clip, in the order of the grid.
  package func places(level: Int, geometry: TokenGeometry) -> [TokenPlace] {
    let stride = geometry.strides[level - 1]
    let grid = geometry.grid(level: level, padded: size)
    return (0..<grid[0]).flatMap { t in
      (0..<grid[1]).flatMap { y in
        (0..<grid[2]).map { x in
          TokenPlace(
            level: level, t: t + origin[0] / stride[0], y: y + origin[1] / stride[1],
            x: x + origin[2] / stride[2])
        }
      }
    }
  }

  /// Windows of at most `limit` [T, H, W] that together hold all open tokens.
  ///
  /// One around them where they fit; else several that overlap, so that each goes on from what an
  /// earlier one has settled.
  ///
  /// - Parameter open: for each level and token whether it is open, level 1 first.
  package static func covering(
    _ open: [[Bool]], geometry: TokenGeometry, padded: [Int], limit: [Int]
  ) -> [TokenWindow] {
    let coarsest = geometry.coarsest
    let starts = (0..<3).map { axis in
      let used = cells(open, axis: axis, geometry: geometry, padded: padded)
      // In time, a cell of its own holds frame 0.
      let total = axis == 0 ? (padded[0] - 1) / coarsest[0] + 1 : padded[axis] / coarsest[axis]
      let most = axis == 0 ? (limit[0] - 1) / coarsest[0] + 1 : max(1, limit[axis] / coarsest[axis])
      let length = min(most, total)
      return (length, Self.starts(used: used, length: length, total: total))
    }
    let size = (0..<3).map { axis in
      axis == 0 ? 1 + (starts[0].0 - 1) * coarsest[0] : starts[axis].0 * coarsest[axis]
    }
    return starts[0].1.flatMap { t in
      starts[1].1.flatMap { y in
        starts[2].1.map { x in
          TokenWindow(origin: [t * coarsest[0], y * coarsest[1], x * coarsest[2]], size: size)
        }
      }
    }
  }

  /// The cells of the coarsest level from the first to the last that open tokens need.
  private static func cells(
    _ open: [[Bool]], axis: Int, geometry: TokenGeometry, padded: [Int]
  ) -> Range<Int> {
    let coarsest = geometry.coarsest[axis]
    var range: Range<Int>?
    for (index, open) in open.enumerated() {
      let grid = geometry.grid(level: index + 1, padded: padded)
      let stride = geometry.strides[index][axis]
      let step = axis == 0 ? grid[1] * grid[2] : axis == 1 ? grid[2] : 1
      for place in open.indices where open[place] {
        let start = place / step % grid[axis] * stride
        // A window takes from its first cell in time what ends that cell and no more.
        let first = start / coarsest
        let last = axis == 0 ? (start + coarsest - 1) / coarsest : first
        range = min(range?.lowerBound ?? first, first)..<max(range?.upperBound ?? 0, last + 1)
      }
    }
    return range ?? 0..<1
  }

  private static func starts(used: Range<Int>, length: Int, total: Int) -> [Int] {
    let last = total - length
    if used.count <= length {
      return [min(last, max(0, used.lowerBound - (length - used.count) / 2))]
    }
    // So much of each window is settled before it begins.
    let context = length - (length + 1) / 2
    var starts = [min(last, max(0, used.lowerBound - context))]
    while let start = starts.last, start + length < used.upperBound {
      starts.append(min(last, start + length - context))
    }
    return starts
  }
}

extension ClipRegion {
  /// The same, counted from the first frame and pixel of a window.
  package func seen(in window: TokenWindow) -> ClipRegion {
    var region = self
    region.box?.x -= window.origin[2]
    region.box?.y -= window.origin[1]
    region.span = span.map {
      $0.lowerBound - window.origin[0]..<$0.upperBound - window.origin[0]
    }
    return region
  }
}
