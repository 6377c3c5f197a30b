import TokenizerEngine

/// What is selected on one screen and lit on all of them.
package enum Brush: Equatable, Sendable {
  /// A code; levels share one codebook, so it is lit at all of them.
  case code(UInt32)
  /// Tokens whose bit is 1; bit 0 is the most significant.
  case bit(Int)

  /// Whether a token with this code is lit.
  package func lights(_ code: UInt32, bits: Int) -> Bool {
    switch self {
    case .code(let wanted): code == wanted
    case .bit(let bit): code >> UInt32(max(0, bits - 1 - bit)) & 1 == 1
    }
  }

  func title(bits: Int) -> String {
    switch self {
    case .code(let code): "code " + Numbers.hexadecimal(code, bits: bits)
    case .bit(let bit): "bit \(bit) is 1"
    }
  }
}

extension TokenLevel {
  /// The share of a step's tokens that are lit; nil while the step is unknown.
  func lit(by brush: Brush, atStep step: Int) -> Double? {
    guard let codes = codes(ofStep: step) else { return nil }
    let lit = codes.count { brush.lights($0, bits: bits) }
    return Double(lit) / Double(max(1, codes.count))
  }

  /// The nearest step after (or before) one, around the end, at which something is lit.
  func step(litBy brush: Brush, from step: Int, forward: Bool) -> Int? {
    for distance in 1...max(1, steps) {
      let next = (step + (forward ? distance : steps - distance % steps)) % max(1, steps)
      if let share = lit(by: brush, atStep: next), share > 0 { return next }
    }
    return nil
  }
}

extension AppModel {
  /// The tokens of the level at hand that are lit now, in pixels of the picture.
  func patches(litBy brush: Brush, width: Int, height: Int) -> [Rect] {
    guard let grid = tokens.pyramid?[level: tokens.level] else { return [] }
    let step = min(grid.stride.step(ofFrame: clip.playhead), grid.steps - 1)
    guard let codes = grid.codes(ofStep: step) else { return [] }
    let frame = Rect(x: 0, y: 0, width: width, height: height)
    return codes.indices.filter { brush.lights(codes[$0], bits: grid.bits) }.map {
      Rect(
        x: $0 % grid.columns * grid.stride.x, y: $0 / grid.columns * grid.stride.y,
        width: grid.stride.x, height: grid.stride.y
      ).intersection(frame)
    }.filter { !$0.isEmpty }
  }
}
