import Layers
import Tensors

/// One quantization block: features, the finer level's codes and text to `bits` signs.
struct PyramidLevel: Layer {
  private let featureNorm: RMSNormalization
  private let feature: Linear
  /// From the codes of the level before; absent on level 1.
  private let previous: CausalConvolution3D?
  private let block: ResidualBlock
  private let queryNorm: RMSNormalization
  private let textNorm: RMSNormalization
  private let attention: Attention
  /// How much of the text's answer is added, [1].
  private let gate: Variable
  private let outNorm: RMSNormalization
  private let out: Linear

  /// `ratio` is the level's stride over the level before, nil on level 1.
  init(
    _ configuration: TokenizerConfiguration, featureWidth: Int, ratio: [Int]?,
    from source: inout RandomSource
  ) {
    let width = configuration.quantizerWidth
    featureNorm = RMSNormalization(featureWidth)
    feature = Linear(featureWidth, width, from: &source)
    previous = ratio.map {
      CausalConvolution3D(
        configuration.bits, width, kernel: Extent3D(3, 3, 3), stride: Extent3D($0), from: &source)
    }
    block = ResidualBlock(width, from: &source)
    queryNorm = RMSNormalization(width)
    textNorm = RMSNormalization(configuration.textWidth)
    attention = Attention(
      width, contextWidth: configuration.textWidth, heads: configuration.heads, from: &source)
    gate = Variable(Tensor(repeating: 0.1, shape: [1]), requiresGradient: true)
    outNorm = RMSNormalization(width)
    out = Linear(width, configuration.bits, from: &source)
  }

  /// Returns z, normalised over its bits, [N, t, h, w, B].
  func callAsFunction(
    _ features: Variable, previous codes: Variable?, text: TextContext?, stream: StreamState?
  ) -> Variable {
    var h = feature(featureNorm(features))  // [N, t, h, w, D]
    if let previous, let codes { h = h + previous(codes, stream: stream) }
    h = block(h, stream: stream)
    if let text { h = h + answer(to: h, from: text).scaled(by: gate) }
    // Signs are decided here, so these products are exact whatever the rest does.
    return Precision.float32.whileInUse { out(outNorm(h)).rmsNormalized() }
  }

  /// What each position finds in the text; zeros for clips that may not see theirs.
  private func answer(to h: Variable, from text: TextContext) -> Variable {
    let shape = h.shape
    let queries = queryNorm(h).reshaped([shape[0], shape[1] * shape[2] * shape[3], shape[4]])
    return attention(queries, context: textNorm(text.embedding), mask: text.visible)
      .reshaped(shape)
  }

  var parameters: [NamedVariable] {
    featureNorm.parameters(under: "feature_norm") + feature.parameters(under: "feature")
      + (previous?.parameters(under: "previous") ?? []) + block.parameters(under: "block")
      + queryNorm.parameters(under: "query_norm") + textNorm.parameters(under: "text_norm")
      + attention.parameters(under: "attention") + [("gate", gate)]
      + outNorm.parameters(under: "out_norm") + out.parameters(under: "out")
  }
}
