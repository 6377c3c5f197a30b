import Tensors

/// A prior that has read what is kept and the prompt.
package struct PriorPredictor: TokenPredictor {
  private let model: PriorModel
  private let memory: PriorMemory
  private let prompt: PriorText
  private let silence: PriorText

  /// - Parameters:
  ///   - prompt: as `PriorModel.text` made it.
  ///   - silence: the same of no words.
  package init(
    _ model: PriorModel, kept: TokenRows, prompt: PriorText, silence: PriorText,
    shouldStop: () -> Bool
  ) throws {
    self.model = model
    self.prompt = prompt
    self.silence = silence
    memory = try model.memory(of: kept, shouldStop: shouldStop)
  }

  package var bits: Int { model.configuration.bits }
  package var groupBits: Int { model.configuration.groupBits }
  package var levels: [Int] { model.configuration.levels }

  package func logits(
    _ open: TokenRows, withText: Bool, shouldStop: () -> Bool
  ) throws -> Tensor {
    try model.logits(
      open, memory: memory, text: withText ? prompt : silence, shouldStop: shouldStop)
  }
}
