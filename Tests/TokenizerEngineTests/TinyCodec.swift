import Tensors
import Tokenization

@testable import TokenizerEngine

/// The real tokenizer with random weights, small enough for tests.
func makeTinyCodec() throws -> any ClipCodec { VideoTokenizerCodec(try makeTinyTokenizer()) }

func makeTinyTokenizer() throws -> VideoTokenizer {
  var configuration = TokenizerConfiguration()
  configuration.name = "tiny"
  configuration.widths = [8, 12, 10, 14, 16]
  configuration.encoderBlocks = [1, 1, 1, 1, 1]
  configuration.decoderBlocks = [1, 1, 1, 1, 1]
  configuration.quantizerWidth = 8
  configuration.heads = 2
  configuration.textWidth = 12
  configuration.textLayers = 1
  configuration.textLength = 12
  configuration.vocabularySize = 300
  var random = RandomSource(seed: 3)
  let model = PyramidTokenizerModel(configuration: configuration, random: &random)
  // What training starts at zero would hide how far a token sees.
  for (name, variable) in model.parameters where name.hasSuffix("conv2.weight") {
    let values = (0..<variable.value.count).map { _ in Float(random.normal() / 10) }
    variable.value = Tensor(values, shape: variable.shape)
  }
  let folder = ModelFolder(
    configuration: configuration, tensors: model.storedWeights(), vocabulary: BytePairVocabulary())
  return try VideoTokenizer(folder, path: "tiny")
}
