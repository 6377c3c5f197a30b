import Layers
import Tensors

/// Encoder, quantizer, decoder and text encoder: what training, evaluation and tokenizing share.
///
/// Confined to one thread at a time.
package final class PyramidTokenizerModel: Layer {
  package let configuration: TokenizerConfiguration
  package let encoder: VideoEncoder
  package private(set) var quantizer: any Quantizer
  package let decoder: VideoDecoder
  /// Nil where a frozen encoder reads captions.
  package let text: TextEncoder?
  /// Brings a frozen encoder's states to `text_width`; nil where that is their width, or without one.
  package let textProjection: Linear?
  package let alignment: AlignmentHead
  /// The encoder that the configuration names, once it is at hand; no part of the weights.
  package var frozenText: FrozenTextEncoder?

  /// A model whose every weight is drawn from `random`, for training.
  package init(
    configuration: TokenizerConfiguration, isIdentity: Bool = false, random: inout RandomSource
  ) {
    if let problem = configuration.problem { preconditionFailure("The configuration: \(problem).") }
    self.configuration = configuration
    encoder = VideoEncoder(configuration, from: &random)
    quantizer =
      isIdentity
      ? IdentityQuantizer(configuration, from: &random)
      : PyramidQuantizer(configuration, from: &random)
    decoder = VideoDecoder(configuration, from: &random)
    if let frozen = configuration.textEncoder {
      text = nil
      textProjection =
        frozen.width == configuration.textWidth
        ? nil : Linear(frozen.width, configuration.textWidth, from: &random)
    } else {
      text = TextEncoder(configuration, from: &random)
      textProjection = nil
    }
    alignment = AlignmentHead(configuration, from: &random)
  }

  /// How the pyramid rounds from now on; other quantizers have no choice.
  package func round(_ rounding: Rounding) {
    guard var pyramid = quantizer as? PyramidQuantizer else { return }
    pyramid.rounding = rounding
    quantizer = pyramid
  }

  /// `video` [N, T, H, W, 3] in −1…1, T = 4k + 1; with a stream, the next chunk of it.
  package func encode(
    _ video: Variable, text: TextContext? = nil, stream: StreamState? = nil
  ) -> QuantizedLatents {
    quantizer.quantize(encoder(video, stream: stream), text: text, stream: stream)
  }

  /// Codes of levels 1…4 to frames [N, T, H, W, 3], not clamped.
  package func decode(_ codes: [Variable], stream: StreamState? = nil) -> Variable {
    decoder(codes, stream: stream)
  }

  /// The whole way, as training goes it: `video` [N, T, H, W, 3], the ids of each clip's caption,
  /// and which clips may see theirs.
  ///
  /// For a model with a subword encoder of its own.
  package func forward(video: Variable, text captions: [[Int]]? = nil, seen: [Bool]? = nil)
    -> PyramidOutput
  {
    var context = captions.flatMap { text?($0) }
    if let seen { context = context?.showing(seen) }
    return forward(video: video, context: context)
  }

  /// As above, with captions that are encoded already.
  package func forward(video: Variable, context: TextContext?) -> PyramidOutput {
    let latents = encode(video, text: context)
    return PyramidOutput(
      reconstruction: decode(latents.codes), latents: latents, context: context)
  }

  /// Named as in `model.safetensors`.
  package var parameters: [NamedVariable] {
    encoder.parameters(under: "encoder") + quantizer.parameters(under: "quantizer")
      + decoder.parameters(under: "decoder") + (text?.parameters(under: "text") ?? [])
      + (textProjection?.parameters(under: "text.projection") ?? [])
      + alignment.parameters(under: "alignment")
  }
}

/// What a forward pass hands to the losses.
package struct PyramidOutput {
  /// [N, T, H, W, 3], not clamped.
  package let reconstruction: Variable
  package let latents: QuantizedLatents
  package let context: TextContext?

  package init(reconstruction: Variable, latents: QuantizedLatents, context: TextContext?) {
    self.reconstruction = reconstruction
    self.latents = latents
    self.context = context
  }

  /// z and the straight-through codes of levels 1…4, [N, t, h, w, B].
  package var levels: [(z: Variable, codes: Variable)] { Array(zip(latents.z, latents.codes)) }
  /// Shape [N, L, E].
  package var text: Variable? { context?.embedding }
  /// Shape [N, L], 1 where a text token stands.
  package var textMask: Tensor? { context?.mask }
}
