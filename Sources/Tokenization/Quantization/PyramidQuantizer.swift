import Layers
import Tensors

/// What becomes of the margins z on their way to the decoder.
package enum Rounding: Sendable, Equatable {
  /// Their signs; the gradient passes as if nothing had happened (Bengio and others, 2013).
  case straightThrough
  /// Their signs with the true gradient, none: nothing below the codes learns from the picture.
  case withoutGradient
  /// Nothing: the decoder sees z. Shows what the autoencoder can do without the sign.
  case off
}

/// The language-aligned pyramidal quantizer (LaPQ) of arXiv 2601.16210, §3.2.
///
/// Levels run from fine to coarse, each seeing its own features and the codes of the level
/// before: q⁽ˡ⁾ = Q_l(q⁽ˡ⁻¹⁾, F⁽ˡ⁾, e_t). All share one codebook, the corners of a cube.
package struct PyramidQuantizer: Quantizer {
  private let levels: [PyramidLevel]
  var rounding = Rounding.straightThrough

  init(_ configuration: TokenizerConfiguration, from source: inout RandomSource) {
    var levels: [PyramidLevel] = []
    for (index, ratio) in configuration.ratios.enumerated() {
      levels.append(
        PyramidLevel(
          configuration, featureWidth: configuration.widths[index + 1],
          ratio: index == 0 ? nil : ratio, from: &source))
    }
    self.levels = levels
  }

  package func quantize(
    _ features: [Variable], text: TextContext?, stream: StreamState? = nil
  ) -> QuantizedLatents {
    var z: [Variable] = []
    var codes: [Variable] = []
    let meters = levels.map { _ in GradientMeter() }
    for (index, level) in levels.enumerated() {
      let margins = level(features[index], previous: codes.last, text: text, stream: stream)
      z.append(margins)
      codes.append(
        rounded(margins.requiresGradient ? margins.metered(by: meters[index]) : margins))
    }
    return QuantizedLatents(z: z, codes: codes, meters: meters)
  }

  private func rounded(_ z: Variable) -> Variable {
    switch rounding {
    case .straightThrough: z.signStraightThrough()
    case .withoutGradient: z.sign()
    case .off: z
    }
  }

  package var parameters: [NamedVariable] { levels.parameters(under: "levels") }
}
