import Layers
import Tensors

extension PyramidTokenizerModel {
  /// A model with the weights of `tensors`; throws as `load` does.
  package convenience init(
    configuration: TokenizerConfiguration, loading tensors: [String: StoredTensor], path: String
  ) throws {
    var source = RandomSource.none
    self.init(configuration: configuration, random: &source)
    try load(tensors, path: path)
  }
}

extension Layer {
  /// Takes every weight from `tensors`.
  ///
  /// Throws one line, naming `path`, on any that is missing, unknown, of another shape or not
  /// finite.
  package func load(_ tensors: [String: StoredTensor], path: String) throws {
    func fault(_ reason: String) -> TokenizationError { .badModel(path: path, reason: reason) }
    let parameters = parameters
    let known = Set(parameters.map(\.name))
    if let unknown = tensors.keys.filter({ !known.contains($0) }).min() {
      throw fault("it holds \(unknown.quoted), which this architecture does not have")
    }
    for (name, variable) in parameters {
      guard let stored = tensors[name] else { throw fault("it lacks “\(name)”") }
      guard stored.shape == variable.shape else {
        throw fault("“\(name)” has the shape \(stored.shape), not \(variable.shape)")
      }
      guard let tensor = stored.tensor else {
        throw fault("“\(name)” is \(stored.type.rawValue), not floating point")
      }
      guard !stored.hasNonFinite else { throw fault("“\(name)” holds numbers that are not finite") }
      variable.value = tensor
    }
  }

  /// Every weight by name; F16 is what model folders store.
  package func storedWeights(as type: ElementType = .float16) -> [String: StoredTensor] {
    var tensors: [String: StoredTensor] = [:]
    for (name, variable) in parameters {
      tensors[name] = StoredTensor(variable.value, as: type)
    }
    return tensors
  }
}
