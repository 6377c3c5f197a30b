import Glibc
import Tensors

/// Which text encoder from outside a model was trained with: `text_encoder` of `config.json`.
package struct TextEncoderReference: Codable, Sendable, Equatable {
  package enum Layout: String, Codable, Sendable, CaseIterable {
    case bert
  }

  /// The name of its folder.
  package var name: String
  package var layout: Layout
  /// Channels of a text token.
  package var width: Int
  /// As `ModelFolder.sha256`, with `vocab.txt` as one more tensor.
  package var sha256: String

  package init(name: String, layout: Layout, width: Int, sha256: String) {
    self.name = name
    self.layout = layout
    self.width = width
    self.sha256 = sha256
  }

  /// What makes it impossible, or nil.
  var problem: String? {
    guard !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else {
      return "the name of its text encoder, \(name.quoted), is not that of a folder"
    }
    guard (1...8192).contains(width) else { return "its text encoder's width is outside 1…8192" }
    return nil
  }
}

/// A pretrained text encoder in a folder of its own: `config.json`, `vocab.txt` and
/// `model.safetensors`, as all-MiniLM-L6-v2 has them.
///
/// It is never trained, and encodes each text once as long as it remembers it. Confined to one
/// thread at a time.
package final class FrozenTextEncoder {
  package let reference: TextEncoderReference
  private let vocabulary: WordPieceVocabulary
  private let network: BERTEncoder
  private let positions: Int
  private var cache: StateCache

  /// Texts are cut to this many pieces, [CLS] and [SEP] among them, as all-MiniLM-L6-v2 was trained.
  package static let longestText = 256

  /// Remembers `capacity` bytes; throws one line for whatever is missing or wrong.
  package init(
    directory: String, layout: TextEncoderReference.Layout = .bert, capacity: Int = 64 << 20
  ) throws {
    let directory = directory.hasSuffix("/") ? String(directory.dropLast()) : directory
    guard Self.isPresent(in: directory) else {
      throw TextEncoderError.missing(path: directory)
    }
    let configuration = try BERTConfiguration(path: directory + "/config.json")
    let words = try WholeFile.read(directory + "/vocab.txt", limit: 16 << 20)
    vocabulary = try WordPieceVocabulary(words, path: directory + "/vocab.txt")
    guard vocabulary.size <= configuration.vocabularySize else {
      throw TextEncoderError.unusable(
        path: directory,
        reason: "its vocabulary has \(vocabulary.size) ids, and its configuration allows "
          + "\(configuration.vocabularySize)")
    }
    let path = directory + "/model.safetensors"
    var tensors = try SafetensorsFile.read(path).tensors
    var weights = BERTWeights(tensors, configuration: configuration, path: path)
    network = try BERTEncoder(configuration, from: &weights)
    positions = configuration.positions
    tensors["vocab.txt"] = StoredTensor(words, shape: [words.count])
    reference = TextEncoderReference(
      name: String(directory.split(separator: "/").last ?? "text"), layout: layout,
      width: configuration.width, sha256: ModelFolder.sha256(of: tensors))
    cache = StateCache(capacity: capacity)
  }

  /// The first of `folders` that holds the encoder which a model names; throws one line if none
  /// does, or if it is another one.
  package convenience init(_ reference: TextEncoderReference, in folders: [String]) throws {
    guard let folder = folders.first(where: { Self.isPresent(in: $0) }) else {
      throw TextEncoderError.missing(path: folders.first ?? reference.name)
    }
    try self.init(directory: folder, layout: reference.layout)
    guard self.reference.sha256 == reference.sha256 else {
      throw TextEncoderError.other(
        path: folder, own: self.reference.sha256, expected: reference.sha256)
    }
  }

  private static func isPresent(in folder: String) -> Bool {
    access(folder + "/config.json", R_OK) == 0
  }

  /// The ids of a caption, [CLS] and [SEP] among them.
  package func ids(of caption: String, limit: Int = longestText) -> [Int] {
    vocabulary.encode(caption, limit: min(limit, positions))
  }

  /// The states of a caption's pieces, [L, E].
  package func states(of caption: String, limit: Int = longestText) -> Tensor {
    cache.states(of: ids(of: caption, limit: limit)) { ids in
      // A caption means the same whatever precision the model computes in.
      let states = Precision.float32.whileInUse { network(ids).value }
      return states.reshaped([ids.count, reference.width])
    }
  }

  /// The mean of the states as a vector of length 1, [E]: what all-MiniLM-L6-v2 compares texts by.
  package func sentence(_ caption: String) -> Tensor {
    let mean = Variable(states(of: caption)).mean([0])
    let length = mean.squared().sum().value.scalar.squareRoot()
    return mean.scaled(by: 1 / max(length, 1e-12)).value
  }
}

/// A text encoder from outside that cannot be used, in one line.
package enum TextEncoderError: Error, Equatable, CustomStringConvertible {
  case missing(path: String)
  case unusable(path: String, reason: String)
  case other(path: String, own: String, expected: String)

  package var description: String {
    switch self {
    case .missing(let path):
      "There is no text encoder in \(path); `make text-encoder` brings it, and without a caption "
        + "none is needed."
    case .unusable(let path, let reason):
      "\(path) is not a usable text encoder: \(reason); `make text-encoder` brings a good one."
    case .other(let path, let own, let expected):
      "The text encoder in \(path) is \(own.prefix(12)), and the model was trained with "
        + "\(expected.prefix(12)); `make text-encoder` brings the latter if it is all-MiniLM-L6-v2."
    }
  }
}
