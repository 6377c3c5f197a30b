import Layers
import Tensors

/// A prior on disk: `config.json`, `model.safetensors` and `vocabulary.json`.
package struct PriorFolder {
  package var configuration: PriorConfiguration
  package var tensors: [String: StoredTensor]
  package var vocabulary: BytePairVocabulary

  package init(
    configuration: PriorConfiguration, tensors: [String: StoredTensor],
    vocabulary: BytePairVocabulary
  ) {
    self.configuration = configuration
    self.tensors = tensors
    self.vocabulary = vocabulary
  }

  /// Throws one line for whatever is missing or wrong.
  package static func read(_ directory: String) throws -> PriorFolder {
    let path = directory + "/config.json"
    let json = try WholeFile.read(path, limit: 1 << 20)
    let configuration = try PriorConfiguration(json: json, path: path)
    let vocabulary = try BytePairVocabulary(path: directory + "/vocabulary.json")
    guard vocabulary.size <= configuration.vocabularySize else {
      throw TokenizationError.badModel(
        path: directory,
        reason: "its vocabulary has \(vocabulary.size) ids, and its configuration allows "
          + "\(configuration.vocabularySize)")
    }
    let file = try SafetensorsFile.read(directory + "/model.safetensors")
    return PriorFolder(configuration: configuration, tensors: file.tensors, vocabulary: vocabulary)
  }

  /// Replaces the three files in an existing folder, each at once.
  package func write(to directory: String) throws {
    let metadata = ["format": PriorConfiguration.currentFormat]
    try SafetensorsFile(metadata: metadata, tensors: tensors)
      .write(to: directory + "/model.safetensors")
    try vocabulary.save(to: directory + "/vocabulary.json")
    try WholeFile.write([try configuration.json()], to: directory + "/config.json")
  }

  /// The prior with its weights, which take no gradient; throws one line naming `path`.
  package func model(path: String) throws -> PriorModel {
    let stored = tensors.values.reduce(0) { $0 + $1.count }
    guard configuration.weightCount / 2 <= stored + 1 << 20 else {
      throw TokenizationError.badModel(
        path: path,
        reason: "its configuration needs \(configuration.weightCount) numbers, and its weights "
          + "have \(stored)")
    }
    var source = RandomSource.none
    let model = PriorModel(configuration, random: &source)
    try model.load(tensors, path: path)
    for parameter in model.parameters { parameter.variable.freeze() }
    return model
  }

  /// What names these weights.
  package var sha256: String { ModelFolder.sha256(of: tensors) }

  /// The most tokens of a window: attention takes memory with their square.
  package static let mostWindowTokens = 1_024

  /// Throws unless the loaded tokenizer is the one whose tokens this prior knows.
  package func check(
    tokenizer name: String, sha256: String, bits: Int, strides: [[Int]], path: String
  ) throws {
    guard sha256 == configuration.tokenizerSHA256 else {
      throw TokenizationError.unusable(
        reason: "\(path) was trained on tokens of “\(configuration.tokenizer)” "
          + "(\(configuration.tokenizerSHA256.prefix(12))), and the loaded model is “\(name)” "
          + "(\(sha256.prefix(12))); give its model with --model, or another prior with --prior.")
    }
    guard bits == configuration.bits, strides == configuration.strides else {
      throw TokenizationError.unusable(
        reason: "\(path)/config.json says \(configuration.bits) bits on "
          + "\(configuration.strides.count) level(s) of strides \(configuration.strides), and "
          + "“\(name)” has \(bits) bits on \(strides.count) of \(strides); take the prior's "
          + "folder as it was written.")
    }
    let tokens = configuration.windowTokens
    guard tokens <= Self.mostWindowTokens else {
      throw TokenizationError.unusable(
        reason: "\(path)/config.json has a window of \(tokens) tokens, and "
          + "\(Self.mostWindowTokens) are the most; take the prior's folder as it was written.")
    }
  }
}

extension PriorConfiguration {
  /// The tokens of all levels that a whole window holds.
  var windowTokens: Int {
    let padded = geometry.padded(frames: window[0], width: window[2], height: window[1])
    return strides.indices.reduce(0) { sum, index in
      sum + geometry.grid(level: index + 1, padded: padded).reduce(1, *)
    }
  }

  /// About how many numbers the weights have.
  var weightCount: Int {
    let own = width * (12 * width + 2 * width + 2 * textWidth)
    let text = vocabularySize * textWidth + textLayers * 8 * textWidth * textWidth
    return layers * own + text + width * (featureCount + groups * states)
  }
}
