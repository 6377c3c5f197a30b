import Tensors

/// The surfaces that one background is made of: colours of one palette with a few shared textures.
struct MaterialSet {
  let palette: NaturalPalette
  let tiles: [NoiseTile]
  private let strength: Float

  init(side: Int, palette: NaturalPalette, random: inout RandomSource) {
    self.palette = palette
    tiles = [
      NoiseTile(side: side, persistence: random.float(0.35, 0.6), random: &random),
      NoiseTile(side: side, persistence: random.float(0.55, 0.8), random: &random),
      NoiseTile(side: side, persistence: random.float(0.75, 1), random: &random),
    ]
    strength = random.float(0.3, 1)
  }

  func material(_ random: inout RandomSource) -> Material {
    let colour = palette.colour(&random)
    let tile = random.integer(below: tiles.count)
    let roughness: Float = random.element(weighted: [0.015: 3, 0.04: 4, 0.09: 2])
    let amplitude = strength * roughness
    let tint = NaturalPalette.colour(
      light: 0.5, warmth: 0.3 * random.roughNormal(), redness: 0.2 * random.roughNormal())
    return Material(
      colour: colour, grain: tint * (2 * amplitude * (tile == 2 ? 0.6 : 1)), tile: tiles[tile],
      offsetX: random.integer(below: 4096), offsetY: random.integer(below: 4096))
  }
}

/// One surface: a colour and a texture that is added to it.
struct Material {
  let colour: SIMD4<Float>
  let grain: SIMD4<Float>
  let tile: NoiseTile
  let offsetX: Int
  let offsetY: Int

  func colour(_ x: Int, _ y: Int) -> SIMD4<Float> {
    colour + grain * tile.value(x &+ offsetX, y &+ offsetY)
  }
}
