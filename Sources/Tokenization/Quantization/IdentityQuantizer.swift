import Layers
import Tensors

/// Rounds nothing: each level's features pass to the decoder through one linear map.
///
/// Shows what the autoencoder can do alone, and how much of an error the codes cause.
package struct IdentityQuantizer: Quantizer {
  private let maps: [Linear]

  init(_ configuration: TokenizerConfiguration, from source: inout RandomSource) {
    var maps: [Linear] = []
    for width in configuration.widths.dropFirst() {
      maps.append(Linear(width, configuration.bits, from: &source))
    }
    self.maps = maps
  }

  package func quantize(
    _ features: [Variable], text: TextContext?, stream: StreamState? = nil
  ) -> QuantizedLatents {
    let z = zip(maps, features).map { $0($1) }
    return QuantizedLatents(z: z, codes: z)
  }

  package var parameters: [NamedVariable] { maps.parameters(under: "maps") }
}
