import Tensors

/// Fractal noise on a torus, mean 0 and deviation 1: octaves from four cells across to single pixels.
struct NoiseTile {
  /// Pixels across, a power of two.
  let side: Int
  private(set) var values: [Float]

  /// Each octave has `persistence` times the amplitude of the coarser one: 1 gives the 1/f amplitude
  /// spectrum of natural images, 0.5 smooth clouds, 0.1 slow shading.
  init(side: Int, persistence: Float, random: inout RandomSource) {
    self.side = side
    var size = 4
    var amplitude: Float = 1
    var current = (0..<16).map { _ in random.roughNormal() }
    while size < side {
      amplitude *= persistence
      current = Self.doubled(current, side: size)
      size *= 2
      guard amplitude > 0.002 else { continue }
      Self.addNoise(amplitude, to: &current, random: &random)
    }
    values = Self.standardized(current)
  }

  /// The value at a position wrapped around the torus.
  func value(_ x: Int, _ y: Int) -> Float {
    values[(y & (side - 1)) &* side &+ (x & (side - 1))]
  }

  private static func addNoise(
    _ amplitude: Float, to values: inout [Float], random: inout RandomSource
  ) {
    let scale = amplitude / 147.8
    for index in stride(from: 0, to: values.count, by: 2) {
      // One draw serves two values: each is the sum of four of its bytes.
      let bits = random.next()
      let pairs = (bits & 0x00FF_00FF_00FF_00FF) &+ ((bits >> 8) & 0x00FF_00FF_00FF_00FF)
      let first = (pairs & 0xFFFF) &+ ((pairs >> 16) & 0xFFFF)
      let second = ((pairs >> 32) & 0xFFFF) &+ (pairs >> 48)
      values[index] += (Float(first) - 510) * scale
      values[index + 1] += (Float(second) - 510) * scale
    }
  }

  /// Twice as many cells each way, bilinear, around the torus.
  private static func doubled(_ source: [Float], side: Int) -> [Float] {
    let wide = side * 2
    var rows = [Float](repeating: 0, count: side * wide)
    for y in 0..<side {
      for x in 0..<side {
        let here = source[y &* side &+ x]
        let left = source[y &* side &+ ((x &- 1) & (side - 1))]
        let right = source[y &* side &+ ((x &+ 1) & (side - 1))]
        rows[y &* wide &+ 2 &* x] = 0.75 * here + 0.25 * left
        rows[y &* wide &+ 2 &* x &+ 1] = 0.75 * here + 0.25 * right
      }
    }
    var result = [Float](repeating: 0, count: wide * wide)
    for y in 0..<side {
      let above = ((y &- 1) & (side - 1)) &* wide
      let below = ((y &+ 1) & (side - 1)) &* wide
      for x in 0..<wide {
        let here = rows[y &* wide &+ x]
        result[2 &* y &* wide &+ x] = 0.75 * here + 0.25 * rows[above &+ x]
        result[(2 &* y &+ 1) &* wide &+ x] = 0.75 * here + 0.25 * rows[below &+ x]
      }
    }
    return result
  }

  private static func standardized(_ values: [Float]) -> [Float] {
    let count = Float(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    let scale = 1 / max(variance.squareRoot(), 1e-6)
    return values.map { ($0 - mean) * scale }
  }
}
