import Layers
import Tensors

/// The language-aligned pyramidal quantizer (LaPQ) of arXiv 2601.16210, §3.2.
///
/// Levels run from fine to coarse, each seeing its own features and the codes of the level
/// before: q⁽ˡ⁾ = Q_l(q⁽ˡ⁻¹⁾, F⁽ˡ⁾, e_t). All share one codebook, the corners of a cube.
package struct PyramidQuantizer: Quantizer {
  private let levels: [PyramidLevel]

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
    for (level, features) in zip(levels, features) {
      z.append(level(features, previous: codes.last, text: text, stream: stream))
      codes.append(z[z.count - 1].signStraightThrough())
    }
    return QuantizedLatents(z: z, codes: codes)
  }

  package var parameters: [NamedVariable] { levels.parameters(under: "levels") }
}
