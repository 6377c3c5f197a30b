import Tensors

/// A model on disk: `config.json`, `model.safetensors` and `vocabulary.json`.
package struct ModelFolder {
  package var configuration: TokenizerConfiguration
  package var tensors: [String: StoredTensor]
  package var vocabulary: BytePairVocabulary

  package init(
    configuration: TokenizerConfiguration, tensors: [String: StoredTensor],
    vocabulary: BytePairVocabulary
  ) {
    self.configuration = configuration
    self.tensors = tensors
    self.vocabulary = vocabulary
  }

  /// Throws one line for whatever is missing or wrong.
  package static func read(_ directory: String) throws -> ModelFolder {
    let path = directory + "/config.json"
    let json = try WholeFile.read(path, limit: 1 << 20)
    let configuration = try TokenizerConfiguration(json: json, path: path)
    let vocabulary = try BytePairVocabulary(path: directory + "/vocabulary.json")
    guard vocabulary.size <= configuration.vocabularySize else {
      throw TokenizationError.badModel(
        path: directory,
        reason: "its vocabulary has \(vocabulary.size) ids, and its configuration allows "
          + "\(configuration.vocabularySize)")
    }
    let file = try SafetensorsFile.read(directory + "/model.safetensors")
    return ModelFolder(
      configuration: configuration, tensors: file.tensors, vocabulary: vocabulary)
  }

  /// Refuses a configuration that asks for far more memory than the weights at hand can fill; one
  /// missing weight is left to be named later.
  func checkSize(path: String) throws {
    let stored = tensors.values.reduce(0) { $0 + $1.count }
    let expected = configuration.weightCount
    guard expected / 2 <= stored + 1 << 20 else {
      throw TokenizationError.badModel(
        path: path,
        reason: "its configuration needs \(expected) numbers, and its weights have \(stored)")
    }
  }

  /// Replaces the three files in an existing folder, each at once.
  package func write(to directory: String) throws {
    let metadata = ["format": TokenizerConfiguration.currentFormat]
    try SafetensorsFile(metadata: metadata, tensors: tensors)
      .write(to: directory + "/model.safetensors")
    try vocabulary.save(to: directory + "/vocabulary.json")
    try WholeFile.write([try configuration.json()], to: directory + "/config.json")
  }

  /// What names these weights in token files.
  package var sha256: String { Self.sha256(of: tensors) }

  /// SHA-256 over the tensors in name order: name, element type and shape such as `[3, 4]`, each
  /// on a line of its own, then the bytes.
  package static func sha256(of tensors: [String: StoredTensor]) -> String {
    var digest = SHA256()
    let ordered = tensors.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    for (name, tensor) in ordered {
      digest.update(Array("\(name)\n\(tensor.type.rawValue)\n\(tensor.shape)\n".utf8))
      digest.update(tensor.bytes)
    }
    return digest.finish()
  }
}
