import Tensors

/// The kinds of background, by the word that captions use.
enum BackgroundKind: String, CaseIterable {
  case leafy
  case fractal
  case striped
  case checked
  case brick
  case smooth
  case noisy

  static func drawn(_ random: inout RandomSource) -> BackgroundKind {
    random.element(weighted: [
      .leafy: 42, .fractal: 22, .striped: 9, .brick: 7, .checked: 6, .smooth: 8, .noisy: 6,
    ])
  }
}

extension Canvas {
  /// A background large enough for frames of this many pixels across.
  static func background(
    _ kind: BackgroundKind, covering frame: Int, random: inout RandomSource
  ) -> Canvas {
    var canvas = Canvas(side: side(covering: frame))
    let palette = NaturalPalette(random: &random)
    let materials = MaterialSet(side: canvas.side, palette: palette, random: &random)
    switch kind {
    case .leafy:
      canvas.fillFractal(palette: palette, calm: true, random: &random)
      canvas.addLeaves(materials, random: &random)
    case .fractal:
      canvas.fillFractal(palette: palette, calm: false, random: &random)
      if random.chance(0.4) { canvas.addFewLeaves(materials, random: &random) }
    case .striped:
      canvas.fillStripes(materials, random: &random)
    case .checked:
      canvas.fillChecks(materials, random: &random)
    case .brick:
      canvas.fillBricks(materials, random: &random)
    case .smooth:
      canvas.fillFractal(palette: palette, calm: true, random: &random)
      if random.chance(0.5) { canvas.addFewLeaves(materials, random: &random) }
    case .noisy:
      canvas.fillNoise(palette: palette, random: &random)
    }
    if kind != .noisy, random.chance(0.25) {
      canvas.addWriting(materials, frame: frame, random: &random)
    }
    canvas.light(random: &random)
    if random.chance(0.3) { canvas.defocus(random: &random) }
    canvas.clamp()
    return canvas
  }
}
