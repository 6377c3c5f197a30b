/// A part of a clip that is to be made anew: a box of pixels, a span of frames, some levels.
package struct ClipRegion: Sendable, Hashable {
  /// Pixels of the working size; the whole frame if nil.
  package var box: PixelBox?
  /// Frames [start, end); the whole clip if nil.
  package var span: Range<Int>?
  /// All levels if nil.
  package var levels: Set<Int>?

  package init(box: PixelBox? = nil, span: Range<Int>? = nil, levels: Set<Int>? = nil) {
    self.box = box
    self.span = span
    self.levels = levels
  }
}

/// A rectangle of pixels; `x` and `y` name its upper left corner.
package struct PixelBox: Sendable, Hashable, Codable {
  package var x: Int
  package var y: Int
  package var width: Int
  package var height: Int

  package init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  package var columns: Range<Int> { x..<x + width }
  package var rows: Range<Int> { y..<y + height }

  /// Larger by so many pixels on every side, cut at a frame of this size.
  package func dilated(by pixels: Int, width frameWidth: Int, height frameHeight: Int) -> PixelBox {
    let (left, top) = (max(0, x - pixels), max(0, y - pixels))
    return PixelBox(
      x: left, y: top, width: min(frameWidth, x + width + pixels) - left,
      height: min(frameHeight, y + height + pixels) - top)
  }
}

extension ClipRegion {
  /// Why the region cannot be had of such a clip; nil if it can.
  package func problem(frames: Int, width: Int, height: Int, levelCount: Int) -> String? {
    if let box {
      guard box.width > 0, box.height > 0 else { return "the box is empty" }
      guard box.x >= 0, box.y >= 0, box.x <= width - box.width, box.y <= height - box.height
      else {
        return "the box \(box.x),\(box.y),\(box.width),\(box.height) does not lie within "
          + "\(width)x\(height) pixels"
      }
    }
    if let span {
      guard !span.isEmpty else { return "the span is empty" }
      guard span.lowerBound >= 0, span.upperBound <= frames else {
        return "the span \(span.lowerBound):\(span.upperBound) does not lie within 0:\(frames)"
      }
    }
    if let levels {
      guard !levels.isEmpty else { return "no level is chosen" }
      if let unknown = levels.filter({ !(1...levelCount).contains($0) }).min() {
        return "there is no level \(unknown); the model has 1 to \(levelCount)"
      }
    }
    return nil
  }

  /// With the padding behind each edge of the clip that it reaches: that repeats the edge, so it is
  /// made anew with it.
  ///
  /// - Parameter padded: [T, H, W] that the model sees.
  package func withPadding(_ padded: [Int], of clip: ClipDescription) -> ClipRegion {
    var region = self
    if let span, span.upperBound == clip.frames { region.span = span.lowerBound..<padded[0] }
    if let box {
      if box.columns.upperBound == clip.width { region.box?.width = padded[2] - box.x }
      if box.rows.upperBound == clip.height { region.box?.height = padded[1] - box.y }
    }
    return region
  }

  /// For each level, whether each token (t-major) is made anew: of level 1 those that touch the
  /// region, dilated by one token; of a coarser level those whose cell lies at least half inside.
  ///
  /// - Parameter padded: [T, H, W] that the model sees.
  package func tokens(geometry: TokenGeometry, padded: [Int]) -> [[Bool]] {
    geometry.strides.indices.map { index in
      let shares = shares(level: index + 1, geometry: geometry, padded: padded)
      guard index == 0 else { return shares.map { $0 >= 0.5 } }
      return dilated(shares.map { $0 > 0 }, grid: geometry.grid(level: 1, padded: padded))
    }
  }

  /// For each level, whether each token stays though its cell lies partly inside: it still shows what
  /// was there.
  package func straddling(geometry: TokenGeometry, padded: [Int]) -> [[Bool]] {
    geometry.strides.indices.map { index in
      let shares = shares(level: index + 1, geometry: geometry, padded: padded)
      return shares.map { index > 0 && $0 > 0 && $0 < 0.5 }
    }
  }

  /// The share of each cell that lies within the region; 0 on levels that stay.
  private func shares(level: Int, geometry: TokenGeometry, padded: [Int]) -> [Double] {
    let parts = axisShares(level: level, geometry: geometry, padded: padded)
    return parts[0].flatMap { t in parts[1].flatMap { y in parts[2].map { x in t * y * x } } }
  }

  /// The shares of t, y and x, whose products are those of the cells.
  func axisShares(level: Int, geometry: TokenGeometry, padded: [Int]) -> [[Double]] {
    let grid = geometry.grid(level: level, padded: padded)
    guard levels?.contains(level) ?? true else {
      return grid.map { [Double](repeating: 0, count: $0) }
    }
    let stride = geometry.strides[level - 1]
    let cells = [
      (0..<grid[0]).map { geometry.frames(level: level, row: $0) },
      (0..<grid[1]).map { $0 * stride[1]..<($0 + 1) * stride[1] },
      (0..<grid[2]).map { $0 * stride[2]..<($0 + 1) * stride[2] },
    ]
    let wanted = [
      span ?? 0..<padded[0], box?.rows ?? 0..<padded[1], box?.columns ?? 0..<padded[2],
    ]
    return zip(cells, wanted).map { cells, wanted in
      cells.map { Double($0.clamped(to: wanted).count) / Double($0.count) }
    }
  }

  /// Each chosen token with its neighbours on all sides, in time too.
  private func dilated(_ chosen: [Bool], grid: [Int]) -> [Bool] {
    var result = chosen
    for (axis, stride) in [grid[1] * grid[2], grid[2], 1].enumerated() {
      let before = result
      for index in before.indices where before[index] {
        let place = index / stride % grid[axis]
        if place > 0 { result[index - stride] = true }
        if place < grid[axis] - 1 { result[index + stride] = true }
      }
    }
    return result
  }
}
