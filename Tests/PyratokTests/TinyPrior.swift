import Foundation
import Tensors
import TestSupport
import Tokenization

/// A prior with random weights that knows a handful of words: tokens without sense, from the real
/// arithmetic.
struct TinyPrior {
  let folder: TemporaryFolder

  var path: String { folder.path }

  init(for model: TinyModel) throws {
    folder = try TemporaryFolder()
    let vocabulary = BytePairVocabulary(
      learning: ["a blue square a blue square a red circle a red circle"], size: 400)
    var configuration = PriorConfiguration()
    configuration.tokenizer = "tiny"
    configuration.tokenizerSHA256 = try ModelFolder.read(model.path).sha256
    (configuration.width, configuration.layers, configuration.heads) = (12, 2, 2)
    (configuration.textWidth, configuration.textLayers, configuration.textHeads) = (8, 1, 2)
    configuration.textLength = 16
    configuration.vocabularySize = vocabulary.size
    var random = RandomSource(seed: 5)
    let prior = PriorModel(configuration, random: &random)
    // Otherwise every state is as likely as any other.
    for (name, variable) in prior.parameters where name == "head.weight" {
      variable.value = Tensor(variable.value.values.map { $0 * 50 }, shape: variable.shape)
    }
    try PriorFolder(
      configuration: configuration, tensors: prior.storedWeights(as: .float32),
      vocabulary: vocabulary
    ).write(to: folder.path)
  }
}
