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

  /// For each level, whether each token (t-major) is made anew: of level 1 those that touch the
  /// region, dilated by one token; of a coarser level those whose cell lies at least half inside.
  ///
  /// - Parameter padded: [T, H, W] that the model sees.
  package func tokens(geometry: TokenGeometry, padded: [Int]) -> [[Bool]] {
    geometry.strides.indices.map { index in
      let level = index + 1
      let grid = geometry.grid(level: level, padded: padded)
      guard levels?.contains(level) ?? true else {
        return [Bool](repeating: false, count: grid.reduce(1, *))
      }
      let stride = geometry.strides[index]
      let cells = [
        (0..<grid[0]).map { geometry.frames(level: level, row: $0) },
        (0..<grid[1]).map { $0 * stride[1]..<($0 + 1) * stride[1] },
        (0..<grid[2]).map { $0 * stride[2]..<($0 + 1) * stride[2] },
      ]
      let wanted = [
        span ?? 0..<padded[0], box?.rows ?? 0..<padded[1], box?.columns ?? 0..<padded[2],
      ]
      let shares = zip(cells, wanted).map { Self.shares(of: $0, in: $1, touching: level == 1) }
      return shares[0].flatMap { t in
        shares[1].flatMap { y in shares[2].map { x in t * y * x >= 0.5 } }
      }
    }
  }

  /// The share of each cell that lies within `wanted`; where touching is enough, 1 for every cell
  /// that does and for its neighbours.
  private static func shares(
    of cells: [Range<Int>], in wanted: Range<Int>, touching: Bool
  ) -> [Double] {
    let shares = cells.map { Double($0.clamped(to: wanted).count) / Double($0.count) }
    guard touching else { return shares }
    return shares.indices.map { index in
      let near = shares[max(0, index - 1)...min(shares.count - 1, index + 1)]
      return near.contains { $0 > 0 } ? 1 : 0
    }
  }
}
