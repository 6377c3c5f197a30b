/// The size that a clip is brought to before anything else looks at it; nothing is ever enlarged.
package enum WorkingSize: Sendable, Equatable {
  /// The longer side gets this length, the other the nearest even one, at least 2.
  case longerSide(Int)
  /// Scaled to cover, then centre-cropped.
  case exactly(width: Int, height: Int)
  /// The largest centred square, scaled to this side.
  case square(Int)
  case native

  /// What commands use when no size is given.
  package static let standard = WorkingSize.longerSide(256)

  /// Reads the argument of `--size`: `N`, `WxH` or `native`; nil if it is none of them.
  package init?(argument: String) {
    if argument == "native" {
      self = .native
      return
    }
    let parts = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard let first = parts.first, let width = first, width > 0 else { return nil }
    switch parts.count {
    case 1: self = .longerSide(width)
    case 2:
      guard let height = parts[1], height > 0 else { return nil }
      self = .exactly(width: width, height: height)
    default: return nil
    }
  }

  /// Which part of a `width` x `height` picture is kept and how large it becomes.
  package func placement(width: Int, height: Int) -> SizePlacement {
    precondition(width > 0 && height > 0, "A picture of \(width)x\(height) has no placement.")
    switch self {
    case .native: return SizePlacement(whole: width, height)
    case .longerSide(let side): return Self.scaled(width, height, toLongerSide: side)
    case .square(let side):
      let kept = min(width, height)
      let target = min(side, kept)
      return SizePlacement(
        x: Double((width - kept) / 2), y: Double((height - kept) / 2),
        sourceWidth: Double(kept), sourceHeight: Double(kept), width: target, height: target)
    case .exactly(let targetWidth, let targetHeight):
      return Self.covering(width, height, targetWidth, targetHeight)
    }
  }

  private static func scaled(_ width: Int, _ height: Int, toLongerSide side: Int) -> SizePlacement {
    let longer = max(width, height)
    guard longer > side else { return SizePlacement(whole: width, height) }
    func shorter(_ length: Int) -> Int {
      let even = 2 * Int((Double(length) * Double(side) / Double(longer) / 2).rounded())
      return min(max(2, even), length)
    }
    return SizePlacement(
      x: 0, y: 0, sourceWidth: Double(width), sourceHeight: Double(height),
      width: width >= height ? side : shorter(width),
      height: width >= height ? shorter(height) : side)
  }

  private static func covering(
    _ width: Int, _ height: Int, _ targetWidth: Int, _ targetHeight: Int
  ) -> SizePlacement {
    let scale = min(
      1, max(Double(targetWidth) / Double(width), Double(targetHeight) / Double(height)))
    let outWidth = min(targetWidth, width)
    let outHeight = min(targetHeight, height)
    let sourceWidth = min(Double(outWidth) / scale, Double(width))
    let sourceHeight = min(Double(outHeight) / scale, Double(height))
    return SizePlacement(
      x: ((Double(width) - sourceWidth) / 2).rounded(.down),
      y: ((Double(height) - sourceHeight) / 2).rounded(.down),
      sourceWidth: sourceWidth, sourceHeight: sourceHeight, width: outWidth, height: outHeight)
  }
}

/// A rectangle of the display picture, in its pixels, and the size that it is scaled to.
package struct SizePlacement: Sendable, Equatable {
  package var x: Double
  package var y: Double
  package var sourceWidth: Double
  package var sourceHeight: Double
  package var width: Int
  package var height: Int

  init(
    x: Double, y: Double, sourceWidth: Double, sourceHeight: Double, width: Int, height: Int
  ) {
    self.x = x
    self.y = y
    self.sourceWidth = sourceWidth
    self.sourceHeight = sourceHeight
    self.width = width
    self.height = height
  }

  init(whole width: Int, _ height: Int) {
    self.init(
      x: 0, y: 0, sourceWidth: Double(width), sourceHeight: Double(height),
      width: width, height: height)
  }
}
