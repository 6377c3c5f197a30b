import Foundation
import Tensors
import Tokenization

/// A configuration small enough for tests that run the whole model.
var tinyConfiguration: TokenizerConfiguration {
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
  return configuration
}

extension TokenizerConfiguration {
  /// With the finest of its levels alone.
  func keeping(levels count: Int) -> TokenizerConfiguration {
    var configuration = self
    configuration.widths.removeLast(widths.count - count - 1)
    configuration.encoderBlocks.removeLast(encoderBlocks.count - count - 1)
    configuration.decoderBlocks.removeLast(decoderBlocks.count - count - 1)
    configuration.strides.removeLast(strides.count - count)
    return configuration
  }
}

/// A model without a zero weight, so that every path matters.
func makeTinyModel(
  _ configuration: TokenizerConfiguration = tinyConfiguration, seed: UInt64 = 3,
  isIdentity: Bool = false
) -> PyramidTokenizerModel {
  var random = RandomSource(seed: seed)
  let model = PyramidTokenizerModel(
    configuration: configuration, isIdentity: isIdentity, random: &random)
  for (name, variable) in model.parameters {
    let shape = variable.shape
    let fanIn = shape.dropFirst().reduce(1, *)
    guard name.hasSuffix("conv2.weight") || name.hasSuffix("gate") else { continue }
    let values = (0..<variable.value.count).map { _ in
      Float(random.normal() / Double(max(1, fanIn)).squareRoot())
    }
    variable.value = Tensor(values, shape: shape)
  }
  return model
}

func makeTinyFolder(
  _ configuration: TokenizerConfiguration = tinyConfiguration, seed: UInt64 = 3
) -> ModelFolder {
  ModelFolder(
    configuration: configuration,
    tensors: makeTinyModel(configuration, seed: seed).storedWeights(),
    vocabulary: BytePairVocabulary())
}

func makeTinyTokenizer(
  _ configuration: TokenizerConfiguration = tinyConfiguration, seed: UInt64 = 3
) throws -> VideoTokenizer {
  try VideoTokenizer(makeTinyFolder(configuration, seed: seed), path: "tiny")
}

/// Moving waves in three colours with a little noise: [1, frames, height, width, 3] in −1…1.
func makeClip(frames: Int, width: Int, height: Int, seed: UInt64 = 7) -> Tensor {
  var random = RandomSource(seed: seed)
  var values: [Float] = []
  for t in 0..<frames {
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<3 {
          let wave =
            sin(0.21 * Double(x) + 0.4 * Double(t) + Double(c)) * cos(0.17 * Double(y) + Double(c))
          values.append(Float(0.8 * wave + 0.1 * random.normal()))
        }
      }
    }
  }
  return Tensor(values, shape: [1, frames, height, width, 3])
}
