import Tensors

extension Canvas {
  /// Coloured fractal noise: a colour map over bent, ridged or terraced noise.
  ///
  /// `calm` leaves out the fine octaves.
  mutating func fillFractal(
    palette: NaturalPalette, calm: Bool, random: inout RandomSource
  ) {
    let style: FractalStyle = random.element(weighted: [.plain: 5, .ridged: 2, .terraced: 3])
    let persistence =
      calm ? random.float(0.1, 0.4) : random.float(0.35, style == .plain ? 0.75 : 0.55)
    let main = NoiseTile(side: side, persistence: persistence, random: &random)
    let bend = NoiseTile(side: side, persistence: 0.4, random: &random)
    let detail = NoiseTile(side: side, persistence: random.float(0.5, 1), random: &random)
    let bending = random.chance(0.5) ? random.float(0, 0.08) * Float(side) : 0
    let map = (0..<8).map { _ in palette.colour(&random) }
    let spread = random.float(0.6, 1.6)
    let grain = calm ? random.float(0, 0.01) : random.float(0, 0.05)
    let tint = SIMD4<Float>(
      1, 1 + 0.15 * random.roughNormal(), 1 + 0.25 * random.roughNormal(), 0)
    let sharpness = random.float(2, 12)
    for y in 0..<side {
      for x in 0..<side {
        let index = y &* side &+ x
        var sourceX = x
        var sourceY = y
        if bending > 0 {
          sourceX = x &+ Int((bending * bend.values[index]).rounded(.down))
          sourceY = y &+ Int((bending * bend.value(y, x)).rounded(.down))
        }
        let raw = main.value(sourceX, sourceY)
        var position = (style == .ridged ? 1.5 * abs(raw) : raw) * spread + 3.5
        let whole = position.rounded(.down)
        if style == .terraced {
          // A steep step in the middle of each interval of the colour map.
          let part = (position - whole - 0.5) * sharpness + 0.5
          position = whole + min(max(part, 0), 1)
        }
        pixels[index] =
          Self.interpolated(map, position) + tint * (grain * detail.values[index])
      }
    }
  }

  /// Strong fine noise on one colour.
  mutating func fillNoise(palette: NaturalPalette, random: inout RandomSource) {
    let fine = NoiseTile(side: side, persistence: random.float(0.95, 1.25), random: &random)
    let other = NoiseTile(side: side, persistence: 1, random: &random)
    let colour = palette.colour(&random)
    let strength = random.float(0.03, 0.1)
    let chroma = random.float(0, 0.04)
    for index in pixels.indices {
      let shade = colour + SIMD4<Float>(1, 1, 1, 0) * (strength * fine.values[index])
      pixels[index] = shade + SIMD4<Float>(1, 0, -1, 0) * (chroma * other.values[index])
    }
  }

  private enum FractalStyle {
    case plain
    case ridged
    case terraced
  }

  private static func interpolated(_ map: [SIMD4<Float>], _ position: Float) -> SIMD4<Float> {
    let clamped = min(max(position, 0), Float(map.count) - 1.001)
    let lower = Int(clamped)
    return map[lower] + (map[lower &+ 1] - map[lower]) * (clamped - Float(lower))
  }
}
