import Layers
import Tensors

/// A transformer that knows which bits masked tokens are likely to have, from the tokens around them
/// and a sentence (a masked bit-group transformer: MaskBit's head, arXiv 2409.16211).
///
/// Kept tokens see kept ones and no text; open ones see all tokens and the text. So what is kept is
/// computed once, whatever is drawn beside it. Confined to one thread at a time.
package final class PriorModel: Layer {
  package let configuration: PriorConfiguration
  private let textEncoder: TextEncoder
  let entry: Linear
  let blocks: [PriorBlock]
  let norm: RMSNormalization
  let head: Linear

  package init(_ configuration: PriorConfiguration, random: inout RandomSource) {
    if let problem = configuration.problem { preconditionFailure("The configuration: \(problem).") }
    self.configuration = configuration
    let width = configuration.width
    textEncoder = TextEncoder(configuration.text, from: &random)
    entry = Linear(configuration.featureCount, width, from: &random)
    var blocks: [PriorBlock] = []
    for _ in 0..<configuration.layers { blocks.append(PriorBlock(configuration, from: &random)) }
    self.blocks = blocks
    norm = RMSNormalization(width)
    head = Linear(
      width, configuration.groups * configuration.states,
      initialization: .normal(deviation: 0.02), from: &random)
  }

  package var parameters: [NamedVariable] {
    textEncoder.parameters(under: "text") + entry.parameters(under: "entry")
      + blocks.parameters(under: "blocks") + norm.parameters(under: "norm")
      + head.parameters(under: "head")
  }

  /// Goes on from the weights of a prior that was not told of regions: what is new starts at nothing.
  package func load(initial stored: [String: StoredTensor], path: String) throws {
    var stored = stored
    let wanted = entry.weight.shape
    if let weight = stored["entry.weight"], weight.shape.count == 2, weight.shape[0] == wanted[0],
      weight.shape[1] < wanted[1], let values = weight.floats
    {
      let width = weight.shape[1]
      let padding = [Float](repeating: 0, count: wanted[1] - width)
      let rows = (0..<wanted[0]).flatMap { values[$0 * width..<($0 + 1) * width] + padding }
      stored["entry.weight"] = StoredTensor(rows, shape: wanted)
    }
    try load(stored, path: path)
  }

  // MARK: Training

  /// One clip as training sees it.
  package struct Example {
    package var kept: TokenRows
    package var open: TokenRows
    /// The prompt's subword ids; none for no text.
    package var prompt: [Int]

    package init(kept: TokenRows, open: TokenRows, prompt: [Int]) {
      self.kept = kept
      self.open = open
      self.prompt = prompt
    }
  }

  /// What is expected of the open rows with these indices, counted over all examples in order:
  /// [indices · groups, states].
  package func logits(_ examples: [Example], at indices: [Int]) -> Variable {
    var rows = TokenRows()
    var numbers: [Float] = []
    var (segments, reading): ([AttentionSegment], [AttentionSegment]) = ([], [])
    var open: [Int] = []
    let (text, lengths) = encodedText(examples.map(\.prompt))
    let stride = text.shape[0] / examples.count
    for (index, example) in examples.enumerated() {
      let start = rows.count
      let middle = start + example.kept.count
      let end = middle + example.open.count
      rows.append(example.kept)
      rows.append(example.open)
      numbers += configuration.numbers(of: example.kept) + configuration.numbers(of: example.open)
      segments.append(AttentionSegment(queries: start..<middle, keys: start..<middle))
      segments.append(AttentionSegment(queries: middle..<end, keys: start..<end))
      reading.append(
        AttentionSegment(
          queries: open.count..<open.count + example.open.count,
          keys: index * stride..<index * stride + lengths[index]))
      open += middle..<end
    }
    let turned = configuration.rotation(of: rows)
    var x = entry(Variable(Tensor(numbers, shape: [rows.count, configuration.featureCount])))
    for block in blocks {
      x = block(
        x, turned: turned, segments: segments, text: block.memory(ofText: text),
        open: (open, reading))
    }
    let hidden = norm(x.gatheredRows(indices.map { open[$0] }))
    return head(hidden).reshaped([indices.count * configuration.groups, configuration.states])
  }

  /// Rows [N · L, E] of all prompts, and how many of its L each may look at: its ids, and one of
  /// padding, which stands for a prompt without words.
  func encodedText(_ prompts: [[Int]]) -> (rows: Variable, lengths: [Int]) {
    let cut = prompts.map { $0.prefix(textEncoder.limit - 1) + [0] }
    let context = textEncoder(cut.map { Array($0) })
    let (clips, length) = (context.mask.shape[0], context.mask.shape[1])
    return (
      context.embedding.reshaped([clips * length, configuration.textWidth]), cut.map(\.count)
    )
  }
}
