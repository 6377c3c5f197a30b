import Layers
import Tensors

/// A BERT of a model file (Devlin and others, 2018), frozen: nothing about it is learned here.
struct BERTEncoder {
  private let words: Embedding
  /// Rows of the positions, with that of the first segment added: [positions, E].
  private let places: Variable
  private let norm: LayerNormalization
  private let layers: [BERTLayer]

  init(_ configuration: BERTConfiguration, from weights: inout BERTWeights) throws {
    let width = configuration.width
    words = Embedding(
      table: try weights.take(
        "embeddings.word_embeddings.weight", [configuration.vocabularySize, width]))
    let position = try weights.take(
      "embeddings.position_embeddings.weight", [configuration.positions, width])
    let segment = try weights.take("embeddings.token_type_embeddings.weight", [2, width])
    places = position.adding(bias: segment.sliced(0, 0..<1))
    norm = try weights.norm("embeddings.LayerNorm")
    layers = try (0..<configuration.layers).map {
      try BERTLayer(configuration, under: "encoder.layer.\($0)", from: &weights)
    }
  }

  /// The last states of one text's pieces, [1, L, E].
  ///
  /// One text at a time: its numbers then depend on nothing else, whatever is in a batch with it.
  func callAsFunction(_ ids: [Int]) -> Variable {
    let embedded = words(ids) + places.sliced(0, 0..<ids.count)
    var x = norm(embedded.reshaped([1, ids.count, places.shape[1]]))  // [1, L, E]
    for layer in layers { x = layer(x) }
    return x
  }
}

/// Attention, then each position alone, each added to its input and then normalised.
private struct BERTLayer {
  let attention: Attention
  let norm1: LayerNormalization
  let up: Linear
  let down: Linear
  let norm2: LayerNormalization

  init(
    _ configuration: BERTConfiguration, under name: String, from weights: inout BERTWeights
  ) throws {
    let (width, hidden) = (configuration.width, configuration.hidden)
    attention = Attention(
      query: try weights.linear(name + ".attention.self.query", width, width),
      key: try weights.linear(name + ".attention.self.key", width, width),
      value: try weights.linear(name + ".attention.self.value", width, width),
      out: try weights.linear(name + ".attention.output.dense", width, width),
      heads: configuration.heads)
    norm1 = try weights.norm(name + ".attention.output.LayerNorm")
    up = try weights.linear(name + ".intermediate.dense", width, hidden)
    down = try weights.linear(name + ".output.dense", hidden, width)
    norm2 = try weights.norm(name + ".output.LayerNorm")
  }

  func callAsFunction(_ x: Variable) -> Variable {
    let seen = norm1(x + attention(x))
    return norm2(seen + down(up(seen).gelu()))
  }
}

/// The weights of a model file, checked one by one as they are taken.
struct BERTWeights {
  let configuration: BERTConfiguration
  let path: String
  private var tensors: [String: StoredTensor]
  private let prefix: String

  init(_ tensors: [String: StoredTensor], configuration: BERTConfiguration, path: String) {
    self.tensors = tensors
    self.configuration = configuration
    self.path = path
    // Models that carry more than the encoder name it.
    prefix = tensors.keys.contains { $0.hasPrefix("bert.") } ? "bert." : ""
  }

  mutating func linear(_ name: String, _ inputs: Int, _ outputs: Int) throws -> Linear {
    Linear(
      weight: try take(name + ".weight", [outputs, inputs]),
      bias: try take(name + ".bias", [outputs])
    )
  }

  mutating func norm(_ name: String) throws -> LayerNormalization {
    let width = [configuration.width]
    return LayerNormalization(
      gain: try take(name + ".weight", width), bias: try take(name + ".bias", width),
      epsilon: Float(configuration.epsilon))
  }

  /// Takes a tensor out, so that its bytes can go once it is a variable.
  mutating func take(_ name: String, _ shape: [Int]) throws -> Variable {
    func fault(_ reason: String) -> TextEncoderError { .unusable(path: path, reason: reason) }
    guard let stored = tensors.removeValue(forKey: prefix + name) else {
      throw fault("it lacks “\(prefix + name)”")
    }
    guard stored.shape == shape else {
      throw fault("“\(prefix + name)” has the shape \(stored.shape), not \(shape)")
    }
    guard let tensor = stored.tensor, !stored.hasNonFinite else {
      throw fault("“\(prefix + name)” does not hold finite floating-point numbers")
    }
    return Variable(tensor)
  }
}
