import Layers
import Tensors
import Tokenization

/// The global alignment of arXiv 2601.16210, §3.2.2: a causal transformer over a caption and the
/// tokens of all levels, L = −Σ ln p(q_i | q_<i, e_t).
///
/// Bits come in through a linear map of the straight-through codes, so that the gradient reaches the
/// tokenizer; what is to be predicted is hard and gets none. A code is predicted in groups of bits,
/// each a softmax over its states. How many tokens a level has follows from the clip's size: markers
/// and the end are not predicted.
package struct AutoregressiveTransformer: Layer {
  private let groupBits: Int
  private let budget: Int
  private let bits: Int
  private let text: Linear
  private let code: Linear
  /// ⟨SOI⟩ and ⟨Q-SEP⟩.
  private let markers: Embedding
  /// From where an element and the next one stand.
  private let place: Linear
  private let blocks: [TransformerBlock]
  private let norm: RMSNormalization
  private let head: Linear

  package init(
    _ plan: AutoregressivePlan, model: TokenizerConfiguration, from source: inout RandomSource
  ) {
    groupBits = min(plan.groupBits, model.bits)
    budget = plan.tokenBudget
    bits = model.bits
    text = Linear(model.textWidth, plan.width, from: &source)
    code = Linear(model.bits, plan.width, from: &source)
    markers = Embedding(2, plan.width, from: &source)
    let features = TokenSequence.featureCount(levels: model.levelCount)
    place = Linear(2 * features, plan.width, from: &source)
    var blocks: [TransformerBlock] = []
    for _ in 0..<plan.layers {
      blocks.append(
        TransformerBlock(plan.width, heads: plan.heads, hidden: 4 * plan.width, from: &source))
    }
    self.blocks = blocks
    norm = RMSNormalization(plan.width)
    let groups = (model.bits + groupBits - 1) / groupBits
    head = Linear(
      plan.width, groups << groupBits, initialization: .normal(deviation: 0.02), from: &source)
  }

  /// −ln p of a token in nats, the sum over its groups, mean over the predicted tokens.
  ///
  /// Levels 1…L are straight-through codes [N, t, h, w, B].
  package func loss(
    _ levels: [Variable], text context: TextContext?, random: inout RandomSource
  ) -> Variable {
    let (logits, targets) = predictions(levels, text: context, random: &random)
    let groups = (bits + groupBits - 1) / groupBits
    return logits.crossEntropy(targets: targets).scaled(by: Float(groups))
  }

  /// What is expected of each group of each predicted token, clip by clip in the order of the
  /// sequence, [N · tokens · groups, states], and which state it has.
  func predictions(
    _ levels: [Variable], text context: TextContext?, random: inout RandomSource
  ) -> (logits: Variable, targets: [Int]) {
    let sequence = TokenSequence(
      grids: levels.map { Array($0.shape[1...3]) }, budget: budget, random: &random)
    let clips = levels[0].shape[0]
    let chosen = zip(levels, sequence.places).map { level, places in
      Self.rows(of: level, at: places)
    }
    let prefix = context?.mask.shape[1] ?? 0
    var x = joined(chosen, sequence: sequence, text: context)
    let mask = context.map { Self.mask($0.mask, tokens: x.shape[1] - prefix) }
    for block in blocks { x = block(x, mask: mask, isCausal: true) }
    // The hidden state before each token predicts it.
    let length = x.shape[1]
    let before = sequence.elements.enumerated().filter { $1.place != nil }
      .map { prefix + $0.offset - 1 }
    let rows = (0..<clips).flatMap { clip in before.map { clip * length + $0 } }
    let hidden = norm(x.reshaped([clips * length, x.shape[2]]).gatheredRows(rows))
    let groups = (bits + groupBits - 1) / groupBits
    let logits = head(hidden).reshaped([rows.count * groups, 1 << groupBits])
    return (logits, targets(chosen))
  }

  /// Embedded text, markers and tokens with their places, the last token left out: nothing follows.
  private func joined(
    _ chosen: [Variable], sequence: TokenSequence, text context: TextContext?
  ) -> Variable {
    let clips = chosen[0].shape[0]
    let width = place.weight.shape[0]
    var parts = context.map { [text($0.embedding)] } ?? []
    let prefix = parts.first?.shape[1] ?? 0
    for (level, codes) in chosen.enumerated() {
      let marker = [Int](repeating: level == 0 ? 0 : 1, count: clips)
      parts.append(markers(marker).reshaped([clips, 1, width]))
      parts.append(code(codes))
    }
    let whole = Variable.concatenated(parts, along: 1)
    let length = whole.shape[1] - 1
    let x = whole.sliced(1, 0..<length)
    let elements = sequence.elements
    let none = [Float](
      repeating: 0, count: 2 * TokenSequence.featureCount(levels: sequence.grids.count))
    var features: [Float] = []
    for _ in 0..<prefix { features += none }
    for (own, next) in zip(elements, elements.dropFirst()) {
      features += sequence.features(of: own) + sequence.features(of: next)
    }
    let places = place(Variable(Tensor(features, shape: [length, none.count])))
    return x.reshaped([clips, length * width]).adding(bias: places.reshaped([length * width]))
      .reshaped([clips, length, width])
  }

  /// The states of each token's groups, clip by clip, in the order of the predictions.
  private func targets(_ chosen: [Variable]) -> [Int] {
    let signs = Tensor.concatenated(chosen.map(\.value), along: 1).values  // [N, S, B]
    return stride(from: 0, to: signs.count, by: bits).flatMap { start in
      stride(from: 0, to: bits, by: groupBits).map { first in
        (first..<min(first + groupBits, bits)).reduce(0) {
          $0 << 1 | (signs[start + $1] >= 0 ? 1 : 0)
        }
      }
    }
  }

  /// Some places of a grid: [N, t, h, w, B] → [N, places, B].
  private static func rows(of level: Variable, at places: [Int]) -> Variable {
    let (clips, bits) = (level.shape[0], level.shape[4])
    let count = level.shape[1...3].reduce(1, *)
    let rows = (0..<clips).flatMap { clip in places.map { clip * count + $0 } }
    return level.reshaped([clips * count, bits]).gatheredRows(rows)
      .reshaped([clips, places.count, bits])
  }

  /// Padding of the text is hidden, all else is seen.
  private static func mask(_ text: Tensor, tokens: Int) -> Tensor {
    Tensor.concatenated(
      [text, Tensor(repeating: 1, shape: [text.shape[0], tokens])], along: 1)
  }

  package var parameters: [NamedVariable] {
    text.parameters(under: "text") + code.parameters(under: "code")
      + markers.parameters(under: "markers") + place.parameters(under: "place")
      + blocks.parameters(under: "blocks") + norm.parameters(under: "norm")
      + head.parameters(under: "head")
  }
}
