import FoundationEssentials
import Tensors

/// What of a BERT's `config.json` shapes its arithmetic.
struct BERTConfiguration: Decodable, Equatable {
  let width: Int
  let layers: Int
  let heads: Int
  let hidden: Int
  let vocabularySize: Int
  /// The longest text in pieces.
  let positions: Int
  let epsilon: Double
  let activation: String

  private enum CodingKeys: String, CodingKey {
    case width = "hidden_size"
    case layers = "num_hidden_layers"
    case heads = "num_attention_heads"
    case hidden = "intermediate_size"
    case vocabularySize = "vocab_size"
    case positions = "max_position_embeddings"
    case epsilon = "layer_norm_eps"
    case activation = "hidden_act"
  }

  init(path: String) throws {
    let json = try WholeFile.read(path, limit: 1 << 20)
    guard let decoded = try? JSONDecoder().decode(Self.self, from: Data(json)) else {
      throw TextEncoderError.unusable(path: path, reason: "it is not the configuration of a BERT")
    }
    self = decoded
    if let problem { throw TextEncoderError.unusable(path: path, reason: problem) }
  }

  private var problem: String? {
    let sizes = [
      (width, 8192), (layers, 128), (heads, 256), (hidden, 65_536), (vocabularySize, 1 << 20),
      (positions, 65_536),
    ]
    guard sizes.allSatisfy({ (1...$1).contains($0) }) else { return "one of its sizes is absurd" }
    guard width.isMultiple(of: heads) else {
      return "\(width) channels cannot be shared by \(heads) heads"
    }
    guard positions >= 2 else { return "it has no room for a text" }
    guard epsilon > 0, epsilon < 1 else { return "layer_norm_eps is not a small number" }
    guard activation == "gelu" else {
      return "its activation is \(activation.quoted), and only “gelu” is known"
    }
    return nil
  }
}
