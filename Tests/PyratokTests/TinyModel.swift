import Foundation
import Tensors
import TestSupport
import Tokenization

/// Random weights of a few thousand numbers: tokens without sense, but in every form.
struct TinyModel {
  let folder: TemporaryFolder

  var path: String { folder.path }

  /// Other seeds are other weights of the same shape.
  init(seed: UInt64 = 1) throws {
    folder = try TemporaryFolder()
    var configuration = TokenizerConfiguration()
    configuration.name = "tiny"
    configuration.widths = [8, 8, 8, 8, 8]
    configuration.encoderBlocks = [1, 1, 1, 1, 1]
    configuration.decoderBlocks = [1, 1, 1, 1, 1]
    configuration.quantizerWidth = 8
    configuration.heads = 2
    configuration.textWidth = 8
    configuration.textLayers = 1
    configuration.vocabularySize = 257
    var random = RandomSource(seed: seed)
    let model = PyramidTokenizerModel(configuration: configuration, random: &random)
    try ModelFolder(
      configuration: configuration, tensors: model.storedWeights(),
      vocabulary: BytePairVocabulary()
    ).write(to: folder.path)
  }
}

/// What most tests of commands start from: a clip of moving shapes, and weights.
struct Workplace {
  let folder: TemporaryFolder
  let model: TinyModel
  let clip: String

  init(frames: Int = 9, size: Int = 48) throws {
    folder = try TemporaryFolder()
    model = try TinyModel()
    clip = folder.file("world-0-0.mkv")
    _ = try Program.run(
      "samples", "--count", "1", "--frames", "\(frames)", "--size", "\(size)", "-o", folder.path)
    for name in ["world-0-0.masks.npy", "captions.jsonl"] {
      try FileManager.default.removeItem(atPath: folder.file(name))
    }
  }

  /// Everything that stands in the folder besides the clip.
  func leftovers() throws -> [String] {
    try folder.contents().filter { $0 != "world-0-0.mkv" }
  }
}
