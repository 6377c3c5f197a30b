import Glibc
import Tensors

extension Canvas {
  /// The dead leaves model (Lee, Mumford and Huang, 2001): overlapping shapes whose sizes follow a
  /// power law give the edges, occlusions and scale invariance of natural images.
  mutating func addLeaves(_ materials: MaterialSet, random: inout RandomSource) {
    let smallest: Float = random.element(weighted: [1.2: 2, 2: 4, 3: 2, 5: 2])
    let largest = Float(side) * random.float(0.12, 0.4)
    scatter(
      materials, radii: min(smallest, largest / 2)...largest,
      exponent: random.float(2.2, 3.1), layers: random.float(1.2, 5), random: &random)
  }

  /// A few large surfaces with open ground between them.
  mutating func addFewLeaves(_ materials: MaterialSet, random: inout RandomSource) {
    scatter(
      materials, radii: (Float(side) * 0.03)...(Float(side) * 0.35), exponent: 2.2,
      layers: random.float(0.15, 0.8), random: &random)
  }

  /// Draws leaves, in random order of size, till their area is `layers` times the canvas.
  private mutating func scatter(
    _ materials: MaterialSet, radii: ClosedRange<Float>, exponent: Float, layers: Float,
    random: inout RandomSource
  ) {
    let power = 1 - exponent
    let low = powf(radii.lowerBound, power)
    let high = powf(radii.upperBound, power)
    let slender = random.chance(0.3)
    let straight = random.float(0, 1)
    let softness = random.chance(0.25) ? random.float(1, 4) : 1
    let shading = random.float(0, 0.3)
    var rest = layers * Float(pixels.count)
    while rest > 0 {
      let radius = powf(low + (high - low) * random.float(0, 1), 1 / power)
      let leaf = Leaf(
        radius: radius, slender: slender && random.chance(0.5), straight: straight,
        random: &random)
      draw(
        leaf, materials.material(&random), softness: softness,
        shading: shading * random.float(0, 1) / radius, random: &random)
      rest -= leaf.area
    }
  }

  private mutating func draw(
    _ leaf: Leaf, _ material: Material, softness: Float, shading: Float,
    random: inout RandomSource
  ) {
    let centreX = random.float(0, Float(side))
    let centreY = random.float(0, Float(side))
    let turn = random.float(0, 2 * Float.pi)
    let shadeX = shading * cosf(turn)
    let shadeY = shading * sinf(turn)
    let left = Int((centreX - leaf.reachX - softness).rounded(.down))
    let right = Int((centreX + leaf.reachX + softness).rounded(.up))
    let top = Int((centreY - leaf.reachY - softness).rounded(.down))
    let bottom = Int((centreY + leaf.reachY + softness).rounded(.up))
    let perPixel = 1 / softness
    for y in top...bottom {
      let dy = Float(y) - centreY
      for x in left...right {
        let dx = Float(x) - centreX
        let cover = 0.5 - leaf.distance(dx, dy) * perPixel
        guard cover > 0 else { continue }
        let shade = 1 + shadeX * dx + shadeY * dy
        blend(material.colour(x, y) * shade, min(cover, 1), x, y)
      }
    }
  }
}

/// The outline of one leaf around its centre, in pixels.
private struct Leaf {
  let reachX: Float
  let reachY: Float
  let area: Float
  private let cosine: Float
  private let sine: Float
  private let radiusX: Float
  private let radiusY: Float
  /// The half planes of a convex polygon, normal in x and y, distance in z; empty for an ellipse.
  private var sides: [SIMD4<Float>]

  /// `straight` is the share of polygons among the leaves.
  init(radius: Float, slender: Bool, straight: Float, random: inout RandomSource) {
    let angle = random.float(0, Float.pi)
    cosine = cosf(angle)
    sine = sinf(angle)
    let aspect = slender ? random.float(0.06, 0.3) : random.float(0.35, 1)
    let wide = radius / max(aspect, 0.25).squareRoot()
    let narrow = max(wide * aspect, 0.45)
    radiusX = wide
    radiusY = narrow
    sides = []
    if !random.chance(straight) {
      reachX = ((wide * cosine) * (wide * cosine) + (narrow * sine) * (narrow * sine)).squareRoot()
      reachY = ((wide * sine) * (wide * sine) + (narrow * cosine) * (narrow * cosine)).squareRoot()
      area = Float.pi * wide * narrow
    } else if slender || random.chance(0.5) {
      sides = [
        SIMD4(cosine, sine, wide, 0), SIMD4(-cosine, -sine, wide, 0),
        SIMD4(-sine, cosine, narrow, 0), SIMD4(sine, -cosine, narrow, 0),
      ]
      reachX = abs(wide * cosine) + abs(narrow * sine)
      reachY = abs(wide * sine) + abs(narrow * cosine)
      area = 4 * wide * narrow
    } else {
      let corners = 3 + random.integer(below: 4)
      for corner in 0..<corners {
        let share = (Float(corner) + random.float(-0.25, 0.25)) / Float(corners)
        let direction = angle + 2 * Float.pi * share
        let distance = radius * random.float(0.5, 0.8)
        sides.append(SIMD4(cosf(direction), sinf(direction), distance, 0))
      }
      reachX = 1.6 * radius
      reachY = 1.6 * radius
      area = 2 * radius * radius
    }
  }

  /// The signed distance to the outline, negative inside.
  func distance(_ x: Float, _ y: Float) -> Float {
    if sides.isEmpty {
      let u = (cosine * x + sine * y) / radiusX
      let v = (cosine * y - sine * x) / radiusY
      let length = (u * u + v * v).squareRoot()
      let slopeX = u / radiusX
      let slopeY = v / radiusY
      let slope = (slopeX * slopeX + slopeY * slopeY).squareRoot()
      return length * (length - 1) / max(slope, 1e-6)
    }
    var furthest = -Float.infinity
    for side in sides { furthest = max(furthest, side.x * x + side.y * y - side.z) }
    return furthest
  }
}
