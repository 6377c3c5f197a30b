/// How pictures become cells.
package enum Blitter: String, CaseIterable, Equatable, Sendable {
  /// Two colours above each other, both exact.
  case half
  /// Two by two points in the two colours that fit best.
  case quadrant

  var next: Blitter { self == .half ? .quadrant : .half }

  var pixelsPerCell: Size {
    switch self {
    case .half: Size(width: 1, height: 2)
    case .quadrant: Size(width: 2, height: 2)
    }
  }

  /// The image has exactly `pixelsPerCell` points for each cell of the rectangle.
  func draw(_ image: PixelImage, on screen: inout Screen, in rect: Rect) {
    for y in 0..<rect.height {
      for x in 0..<rect.width {
        switch self {
        case .half:
          screen[rect.x + x, rect.y + y] = Cell(
            "▀", style: Style(.rgb(image[x, 2 * y]), on: .rgb(image[x, 2 * y + 1])))
        case .quadrant: screen[rect.x + x, rect.y + y] = quadrant(image, x: 2 * x, y: 2 * y)
        }
      }
    }
  }

  /// The split of four points into two groups that leaves the smallest squared error.
  private func quadrant(_ image: PixelImage, x: Int, y: Int) -> Cell {
    let points = [image[x, y], image[x + 1, y], image[x, y + 1], image[x + 1, y + 1]]
    var best = (error: Int.max, mask: 0, ink: RGB(0, 0, 0), paper: RGB(0, 0, 0))
    // The other eight splits are these with ink and paper exchanged.
    for mask in 0..<8 {
      let ink = Self.mean(points, mask: mask, isSet: true)
      let paper = Self.mean(points, mask: mask, isSet: false)
      var error = 0
      for (index, point) in points.enumerated() {
        error += Self.distance(point, mask >> index & 1 == 1 ? ink : paper)
      }
      if error < best.error { best = (error, mask, ink, paper) }
    }
    let glyphs: [Unicode.Scalar] = [" ", "▘", "▝", "▀", "▖", "▌", "▞", "▛"]
    return Cell(glyphs[best.mask], style: Style(.rgb(best.ink), on: .rgb(best.paper)))
  }

  private static func mean(_ points: [RGB], mask: Int, isSet: Bool) -> RGB {
    var red = 0
    var green = 0
    var blue = 0
    var count = 0
    for (index, point) in points.enumerated() where (mask >> index & 1 == 1) == isSet {
      red += Int(point.red)
      green += Int(point.green)
      blue += Int(point.blue)
      count += 1
    }
    guard count > 0 else { return RGB(0, 0, 0) }
    return RGB(UInt8(red / count), UInt8(green / count), UInt8(blue / count))
  }

  private static func distance(_ a: RGB, _ b: RGB) -> Int {
    let red = Int(a.red) - Int(b.red)
    let green = Int(a.green) - Int(b.green)
    let blue = Int(a.blue) - Int(b.blue)
    return red * red + green * green + blue * blue
  }
}
