import Glibc

extension ObjectShape {
  /// The signed distance from a point to the outline of the shape with radius 1, negative inside.
  func distance(_ x: Float, _ y: Float) -> Float {
    switch self {
    case .circle:
      return (x * x + y * y).squareRoot() - 1
    case .square:
      return max(abs(x), abs(y)) - 0.82
    case .triangle:
      return max(y - 0.6, max(0.866 * x, -0.866 * x) - 0.5 * y - 0.5)
    case .star:
      return Self.star(x, y)
    case .ring:
      return abs((x * x + y * y).squareRoot() - 0.74) - 0.26
    case .cross:
      let upright = max(abs(x) - 0.34, abs(y) - 1)
      let level = max(abs(x) - 1, abs(y) - 0.34)
      return min(upright, level)
    case .diamond:
      return (abs(x) * 1.25 + abs(y) - 1) * 0.625
    case .hexagon:
      return max(abs(y), 0.866 * abs(x) + 0.5 * abs(y)) - 0.87
    }
  }

  /// A star with five points; the formula folds the plane into half of one point (after Quilez).
  private static func star(_ x: Float, _ y: Float) -> Float {
    let c: Float = 0.809_017
    let s: Float = 0.587_785_3
    var px = abs(x)
    var py = -y
    var fold = 2 * max(c * px - s * py, 0)
    px -= fold * c
    py += fold * s
    fold = 2 * max(-c * px - s * py, 0)
    px += fold * c
    py += fold * s
    px = abs(px)
    py -= 1
    let edgeX = 0.48 * s
    let edgeY = 0.48 * c - 1
    let along = min(max((px * edgeX + py * edgeY) / (edgeX * edgeX + edgeY * edgeY), 0), 1)
    let dx = px - edgeX * along
    let dy = py - edgeY * along
    let length = (dx * dx + dy * dy).squareRoot()
    return py * edgeX - px * edgeY > 0 ? length : -length
  }
}
