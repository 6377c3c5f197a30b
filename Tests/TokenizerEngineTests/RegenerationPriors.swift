import Dispatch
import Tensors
import Tokenization

@testable import TokenizerEngine

/// What is wrong with a prior of another tokenizer.
struct OtherTokenizer: Error, CustomStringConvertible {
  var description: String { "the prior knows another tokenizer" }
}

/// Sure of one code for every token of a level, whatever it sees and reads.
final class ConstantPrior: TokenPrior {
  let window: [Int]
  let groupBits = 8
  let levels = [4, 3, 2, 1]
  private let sha256: String
  /// Asked before each prediction; it may wait.
  private let enter: @Sendable () -> Void

  init(
    window: [Int] = [17, 64, 64], sha256: String = MosaicCodec().summary.sha256,
    enter: @escaping @Sendable () -> Void = {}
  ) {
    self.window = window
    self.sha256 = sha256
    self.enter = enter
  }

  static func code(level: Int) -> UInt32 { UInt32(0x1234 * level + 7) }

  func check(_ model: ModelSummary) throws {
    guard model.sha256 == sha256 else { throw OtherTokenizer() }
  }

  func read(_ prompt: String) -> PromptReading {
    PromptReading(prompt, vocabulary: BytePairVocabulary(), limit: 8)
  }

  func predictor(
    kept: TokenRows, prompt: PromptReading, shouldStop: () -> Bool
  ) throws -> any TokenPredictor {
    if shouldStop() { throw CancellationError() }
    return Predictor(enter: enter)
  }

  private struct Predictor: TokenPredictor {
    let bits = 16
    let groupBits = 8
    let levels = [4, 3, 2, 1]
    let enter: @Sendable () -> Void

    func logits(_ open: TokenRows, withText: Bool, shouldStop: () -> Bool) throws -> Tensor {
      enter()
      if shouldStop() { throw CancellationError() }
      var values = [Float](repeating: 0, count: open.count * 512)
      for (row, place) in open.places.enumerated() {
        let code = Int(ConstantPrior.code(level: place.level))
        values[row * 512 + code >> 8] = 60
        values[row * 512 + 256 + code & 255] = 60
      }
      return Tensor(values, shape: [open.count, 2, 256])
    }
  }
}

/// The real model with random weights, small enough for tests.
final class TinyPrior: TokenPrior {
  let window: [Int]
  let groupBits = 8
  let levels = [4, 3, 2, 1]
  private let model: PriorModel
  private let vocabulary = BytePairVocabulary()

  init(window: [Int] = [17, 64, 64]) {
    self.window = window
    var configuration = PriorConfiguration()
    configuration.width = 12
    configuration.layers = 2
    configuration.heads = 2
    configuration.textWidth = 8
    configuration.textLayers = 1
    configuration.textHeads = 2
    configuration.textLength = 16
    configuration.vocabularySize = 300
    configuration.window = window
    var random = RandomSource(seed: 1)
    model = PriorModel(configuration, random: &random)
    // Otherwise every state is as likely as any other.
    for (name, variable) in model.parameters where name == "head.weight" {
      let values = variable.value.values.map { $0 * 50 }
      variable.value = Tensor(values, shape: variable.shape)
    }
  }

  func check(_ model: ModelSummary) {}

  func read(_ prompt: String) -> PromptReading {
    PromptReading(prompt, vocabulary: vocabulary, limit: 15)
  }

  func predictor(
    kept: TokenRows, prompt: PromptReading, shouldStop: () -> Bool
  ) throws -> any TokenPredictor {
    try PriorPredictor(
      model, kept: kept, prompt: model.text(prompt.ids), silence: model.text([]),
      shouldStop: shouldStop)
  }
}

extension ClipTokens {
  /// Random codes of a model.
  init(
    random seed: UInt64, frames: Int, width: Int, height: Int,
    model: ModelSummary = MosaicCodec().summary
  ) {
    var random = RandomSource(seed: seed)
    self =
      RegenerationSource(
        frames: frames, width: width, height: height, prompt: "", model: model
      ).tokens
    for index in grids.indices {
      grids[index].codes = grids[index].codes.map { _ in
        UInt32(random.integer(below: 1 << bits))
      }
    }
  }
}
