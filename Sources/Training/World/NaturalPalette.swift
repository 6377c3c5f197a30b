import Tensors

/// The colours of one background.
///
/// Brightness varies much, chroma little, as in photographs.
struct NaturalPalette {
  private let light: Float
  private let lightSpread: Float
  private let warmth: Float
  private let redness: Float
  private let chromaSpread: Float

  init(random: inout RandomSource) {
    light = random.float(0.18, 0.72)
    lightSpread = random.float(0.08, 0.3)
    let strength: Float = random.element(weighted: [0.02: 16, 0.06: 52, 0.11: 24, 0.2: 8])
    warmth = random.roughNormal() * strength
    redness = random.roughNormal() * strength * 0.6
    chromaSpread = strength * random.float(0.4, 1)
  }

  func colour(_ random: inout RandomSource) -> SIMD4<Float> {
    let accent: Float = random.chance(0.06) ? 3 : 1
    return Self.colour(
      light: min(max(light + lightSpread * random.roughNormal(), 0.02), 0.98),
      warmth: warmth + chromaSpread * accent * random.roughNormal(),
      redness: redness + 0.6 * chromaSpread * accent * random.roughNormal())
  }

  /// A colour from its opponent coordinates: brightness 0…1, blue to yellow, green to red.
  static func colour(light: Float, warmth: Float, redness: Float) -> SIMD4<Float> {
    // Very dark and very bright surfaces show little chroma.
    let room = (4 * light * (1 - light)).squareRoot()
    let chroma =
      warmth * room * SIMD4<Float>(0.6, 0.25, -1, 0) + redness * room * SIMD4<Float>(1, -0.6, 0, 0)
    return SIMD4<Float>(light, light, light, 0) + chroma
  }
}
