import Tensors

/// A square picture on a torus, larger than the frame, over which the camera moves.
struct Canvas {
  /// Pixels across, a power of two.
  let side: Int
  /// Red, green and blue in x, y, z, 0…1; rows from the top.
  var pixels: [SIMD4<Float>]

  init(side: Int, colour: SIMD4<Float> = SIMD4(repeating: 0)) {
    self.side = side
    pixels = [SIMD4<Float>](repeating: colour, count: side * side)
  }

  /// The smallest canvas that a frame this large does not see twice.
  static func side(covering frame: Int) -> Int {
    var side = 32
    while 2 * side < 3 * frame { side *= 2 }
    return side
  }

  /// Blends a colour over a pixel, wrapped around the torus; `cover` is 0…1.
  mutating func blend(_ colour: SIMD4<Float>, _ cover: Float, _ x: Int, _ y: Int) {
    let index = (y & (side - 1)) &* side &+ (x & (side - 1))
    let old = pixels[index]
    pixels[index] = old + (colour - old) * cover
  }

  var mean: SIMD4<Float> {
    pixels.reduce(SIMD4<Float>(repeating: 0), +) / Float(pixels.count)
  }

  /// Cubic interpolation (Catmull and Rom) around the torus: exact at whole positions and sharper
  /// than a linear one between them.
  func sampled(_ x: Float, _ y: Float) -> SIMD4<Float> {
    let floorX = x.rounded(.down)
    let floorY = y.rounded(.down)
    let weightsX = Self.cubicWeights(x - floorX)
    let weightsY = Self.cubicWeights(y - floorY)
    let mask = side - 1
    let left = Int(floorX) &- 1
    let top = Int(floorY) &- 1
    let x0 = left & mask
    let x1 = (left &+ 1) & mask
    let x2 = (left &+ 2) & mask
    let x3 = (left &+ 3) & mask
    var sum = SIMD4<Float>(repeating: 0)
    for row in 0..<4 {
      let start = ((top &+ row) & mask) &* side
      var line = pixels[start &+ x0] * weightsX.x
      line += pixels[start &+ x1] * weightsX.y
      line += pixels[start &+ x2] * weightsX.z
      line += pixels[start &+ x3] * weightsX.w
      sum += line * weightsY[row]
    }
    return sum
  }

  private static func cubicWeights(_ t: Float) -> SIMD4<Float> {
    let square = t * t
    let cube = square * t
    return SIMD4(
      -0.5 * cube + square - 0.5 * t,
      1.5 * cube - 2.5 * square + 1,
      -1.5 * cube + 2 * square + 0.5 * t,
      0.5 * cube - 0.5 * square)
  }
}
