import FoundationEssentials
import Tensors
import Tokenization

/// A tokenizer that does not learn: what drift is measured from.
final class FrozenTokenizer {
  private let model: PyramidTokenizerModel
  private let text: any TextEncoding

  /// With the weights that `model` has now.
  init(copying model: PyramidTokenizerModel, vocabulary: BytePairVocabulary) throws {
    var unused = RandomSource(seed: 0)
    let copy = PyramidTokenizerModel(configuration: model.configuration, random: &unused)
    for (own, original) in zip(copy.parameters, model.parameters) {
      own.variable.value = original.variable.value
      own.variable.freeze()
    }
    copy.frozenText = model.frozenText
    self.model = copy
    text = try copy.textEncoding(vocabulary: vocabulary)
  }

  /// From a model folder whose levels are those of `configuration`.
  init(path: String, like configuration: TokenizerConfiguration) throws {
    let folder = try ModelFolder.read(path)
    let own = folder.configuration
    guard own.strides == configuration.strides, own.bits == configuration.bits else {
      throw TrainingError.badWeights(
        path: path, reason: "its levels and bits are not those of the model that is trained")
    }
    var unused = RandomSource(seed: 0)
    model = PyramidTokenizerModel(configuration: own, random: &unused)
    try model.load(folder.tensors, path: path)
    for parameter in model.parameters { parameter.variable.freeze() }
    let folders = own.textEncoder.map { ["\(path)/../text/\($0.name)"] } ?? []
    text = try model.textEncoding(vocabulary: folder.vocabulary, folders: folders)
  }

  /// z of levels 1…L for these clips with these captions, where they may be seen.
  func margins(_ video: Tensor, captions: [String], seen: [Bool]) -> [Variable] {
    model.encode(Variable(video), text: text(captions).showing(seen)).z
  }
}
