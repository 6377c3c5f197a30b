import Tensors

extension Canvas {
  /// Lines of letter-like marks on a plate: the fine contrast of print, signs and keyboards.
  mutating func addWriting(_ materials: MaterialSet, frame: Int, random: inout RandomSource) {
    let plates = 1 + random.integer(below: 4)
    for _ in 0..<plates {
      let dot = random.float(0.9, 2.2)
      let columns = 4 + random.integer(below: max(4, frame / 8))
      let rows = 1 + random.integer(below: max(2, frame / 16))
      let width = Float(columns) * 4 * dot + 4 * dot
      let height = Float(rows) * 7 * dot + 2 * dot
      let x = random.float(0, Float(side))
      let y = random.float(0, Float(side))
      let plate = materials.palette.colour(&random)
      let sum = plate.x + plate.y + plate.z
      let ink =
        plate + SIMD4<Float>(1, 1, 1, 0) * ((sum > 1.5 ? -1 : 1) * random.float(0.25, 0.7))
      if random.chance(0.7) {
        fillRectangle(x, y, x + min(width, Float(side) - 2), y + height, plate)
      }
      for row in 0..<rows {
        for column in 0..<columns where !random.chance(0.18) {
          let left = x + (Float(column) * 4 + 3) * dot
          let top = y + (Float(row) * 7 + 2) * dot
          drawGlyph(random.next(), left, top, dot: dot, ink)
        }
      }
    }
  }

  /// Soft light and shade over the whole canvas.
  mutating func light(random: inout RandomSource) {
    let tile = NoiseTile(side: side, persistence: 0.12, random: &random)
    let strength = random.float(0, 0.3)
    let warmth = random.float(-0.05, 0.05)
    for index in pixels.indices {
      let amount = tile.values[index]
      let gain = max(1 + strength * amount, 0.15)
      pixels[index] = pixels[index] * gain + SIMD4<Float>(1, 0, -1, 0) * (warmth * amount)
    }
  }

  /// Blurs all of the canvas, or what lies out of focus.
  mutating func defocus(random: inout RandomSource) {
    let radius = 1 + random.integer(below: max(2, side / 40))
    let blurred = boxBlurred(radius).boxBlurred(max(1, radius - 1))
    if random.chance(0.35) {
      pixels = blurred.pixels
      return
    }
    let tile = NoiseTile(side: side, persistence: 0.15, random: &random)
    let level = random.float(-0.7, 0.7)
    for index in pixels.indices {
      let share = min(max((tile.values[index] - level) * 2 + 0.5, 0), 1)
      pixels[index] += (blurred.pixels[index] - pixels[index]) * share
    }
  }

  mutating func clamp() {
    let zero = SIMD4<Float>(repeating: 0)
    let one = SIMD4<Float>(repeating: 1)
    for index in pixels.indices { pixels[index].clamp(lowerBound: zero, upperBound: one) }
  }

  /// A mark of 3x5 dots, chosen by the bits.
  private mutating func drawGlyph(
    _ bits: UInt64, _ left: Float, _ top: Float, dot: Float, _ ink: SIMD4<Float>
  ) {
    // Upright or level strokes of whole dots look like letters; single dots would be noise.
    let strokes = bits & (bits >> 16) | (bits >> 32) & (bits >> 48)
    for row in 0..<5 {
      for column in 0..<3 where (strokes >> UInt64(row * 3 + column)) & 1 == 1 {
        let x = left + Float(column) * dot
        let y = top + Float(row) * dot
        fillRectangle(x, y, x + dot, y + dot, ink)
      }
    }
  }

  /// Fills an upright rectangle; pixels at its rim by the share that it covers.
  private mutating func fillRectangle(
    _ left: Float, _ top: Float, _ right: Float, _ bottom: Float, _ colour: SIMD4<Float>
  ) {
    for y in Int(top.rounded(.down))...Int(bottom.rounded(.down)) {
      let coverY = min(bottom, Float(y) + 1) - max(top, Float(y))
      for x in Int(left.rounded(.down))...Int(right.rounded(.down)) {
        let coverX = min(right, Float(x) + 1) - max(left, Float(x))
        blend(colour, max(coverX, 0) * max(coverY, 0), x, y)
      }
    }
  }

  /// The mean over a square window, around the torus.
  private func boxBlurred(_ radius: Int) -> Canvas {
    var rows = self
    let mask = side - 1
    let scale = 1 / Float(2 * radius + 1)
    for y in 0..<side {
      let start = y &* side
      var sum = SIMD4<Float>(repeating: 0)
      for x in -radius...radius { sum += pixels[start &+ (x & mask)] }
      for x in 0..<side {
        rows.pixels[start &+ x] = sum * scale
        sum += pixels[start &+ ((x &+ radius &+ 1) & mask)]
        sum -= pixels[start &+ ((x &- radius) & mask)]
      }
    }
    var result = self
    for x in 0..<side {
      var sum = SIMD4<Float>(repeating: 0)
      for y in -radius...radius { sum += rows.pixels[(y & mask) &* side &+ x] }
      for y in 0..<side {
        result.pixels[y &* side &+ x] = sum * scale
        sum += rows.pixels[((y &+ radius &+ 1) & mask) &* side &+ x]
        sum -= rows.pixels[((y &- radius) & mask) &* side &+ x]
      }
    }
    return result
  }
}
