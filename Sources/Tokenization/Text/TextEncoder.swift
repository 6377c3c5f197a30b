import Layers
import Tensors

/// A small bidirectional transformer over the ids of a caption.
package struct TextEncoder: Layer {
  private let embedding: Embedding
  /// Shape [text_length, E].
  private let position: Variable
  private let layers: [TextLayer]
  private let norm: RMSNormalization

  init(_ configuration: TokenizerConfiguration, from source: inout RandomSource) {
    let width = configuration.textWidth
    embedding = Embedding(configuration.vocabularySize, width, deviation: 0.5, from: &source)
    position = Initialization.normal(deviation: 0.1).makeParameter(
      [configuration.textLength, width], from: &source)
    var layers: [TextLayer] = []
    for _ in 0..<configuration.textLayers {
      layers.append(TextLayer(width, heads: configuration.heads, from: &source))
    }
    self.layers = layers
    norm = RMSNormalization(width)
  }

  /// Captions are cut to this many ids.
  package var limit: Int { position.shape[0] }

  /// Ids of each clip's caption; shorter ones are padded with 0, longer ones cut.
  package func callAsFunction(_ captions: [[Int]]) -> TextContext {
    let length = max(1, min(limit, captions.map(\.count).max() ?? 0))
    let ids = captions.flatMap { ids in
      ids.prefix(length) + [Int](repeating: 0, count: max(0, length - ids.count))
    }
    let mask = Tensor(ids.map { $0 == 0 ? 0 : 1 }, shape: [captions.count, length])
    let places = captions.flatMap { _ in Array(0..<length) }
    var x = (embedding(ids) + position.gatheredRows(places))
      .reshaped([captions.count, length, position.shape[1]])  // [N, L, E]
    for layer in layers { x = layer(x, mask: mask) }
    return TextContext(embedding: norm(x), mask: mask)
  }

  package var parameters: [NamedVariable] {
    embedding.parameters(under: "embedding") + [("position", position)]
      + layers.parameters(under: "layers") + norm.parameters(under: "norm")
  }
}

/// Attention, then each position alone, each behind a norm and added to its input.
private struct TextLayer: Layer {
  let norm1: RMSNormalization
  let attention: Attention
  let norm2: RMSNormalization
  let feedForward: FeedForward

  init(_ width: Int, heads: Int, from source: inout RandomSource) {
    norm1 = RMSNormalization(width)
    attention = Attention(width, heads: heads, from: &source)
    norm2 = RMSNormalization(width)
    feedForward = FeedForward(width, hidden: 2 * width, from: &source)
  }

  func callAsFunction(_ x: Variable, mask: Tensor) -> Variable {
    let seen = x + attention(norm1(x), mask: mask)
    return seen + feedForward(norm2(seen))
  }

  var parameters: [NamedVariable] {
    norm1.parameters(under: "norm1") + attention.parameters(under: "attention")
      + norm2.parameters(under: "norm2") + feedForward.parameters
  }
}
