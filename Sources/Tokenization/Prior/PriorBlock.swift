import Layers
import Tensors

/// Attention of tokens on tokens, of open tokens on the text, then each token alone; each behind a
/// norm and added to its input.
struct PriorBlock: Layer {
  private let norm1: RMSNormalization
  private let attention: Attention
  private let norm2: RMSNormalization
  private let reading: Attention
  private let norm3: RMSNormalization
  private let feedForward: FeedForward

  init(_ configuration: PriorConfiguration, from source: inout RandomSource) {
    let width = configuration.width
    norm1 = RMSNormalization(width)
    attention = Attention(width, heads: configuration.heads, from: &source)
    norm2 = RMSNormalization(width)
    reading = Attention(
      width, contextWidth: configuration.textWidth, heads: configuration.heads, from: &source)
    norm3 = RMSNormalization(width)
    feedForward = FeedForward(width, hidden: 4 * width, from: &source)
  }

  /// Keys and values of some rows [rows, D].
  struct Memory {
    var keys: Variable
    var values: Variable
  }

  /// What the tokens are to others.
  func memory(of x: Variable, turned: RotationTable) -> Memory {
    let seen = norm1(x)
    return Memory(keys: attention.key(seen).rotated(by: turned), values: attention.value(seen))
  }

  /// What the text is to the tokens.
  func memory(ofText text: Variable) -> Memory {
    Memory(keys: reading.key(text), values: reading.value(text))
  }

  /// The tokens `x` [rows, D] behind this block.
  ///
  /// - Parameters:
  ///   - earlier: what is seen beside the rows themselves; it lies before them.
  ///   - segments: which rows see which, counted with the earlier ones.
  ///   - open: the rows that read the text, with the segments of each in it.
  func callAsFunction(
    _ x: Variable, turned: RotationTable, earlier: Memory? = nil,
    segments: [AttentionSegment], text: Memory, open: (rows: [Int]?, segments: [AttentionSegment])
  ) -> Variable {
    let seen = norm1(x)
    var own = Memory(
      keys: attention.key(seen).rotated(by: turned), values: attention.value(seen))
    if let earlier {
      own.keys = earlier.keys.concatenated(with: [own.keys], along: 0)
      own.values = earlier.values.concatenated(with: [own.values], along: 0)
    }
    let looked = attention.out(
      attention.query(seen).rotated(by: turned).attention(
        keys: own.keys, values: own.values, heads: attention.heads, segments: segments))
    var x = x + looked
    let readers = open.rows.map { x.gatheredRows($0) } ?? x
    let read = reading.out(
      reading.query(norm2(readers)).attention(
        keys: text.keys, values: text.values, heads: reading.heads, segments: open.segments))
    x = open.rows.map { x.adding(read, toRows: $0) } ?? x + read
    return x + feedForward(norm3(x))
  }

  /// Rows that stay as they are and read no text, behind this block.
  func kept(_ x: Variable, turned: RotationTable, memory: Memory) -> Variable {
    let rows = x.shape[0]
    let looked = attention.out(
      attention.query(norm1(x)).rotated(by: turned).attention(
        keys: memory.keys, values: memory.values, heads: attention.heads,
        segments: [AttentionSegment(queries: 0..<rows, keys: 0..<rows)]))
    let x = x + looked
    return x + feedForward(norm3(x))
  }

  var parameters: [NamedVariable] {
    norm1.parameters(under: "norm1") + attention.parameters(under: "attention")
      + norm2.parameters(under: "norm2") + reading.parameters(under: "reading")
      + norm3.parameters(under: "norm3") + feedForward.parameters(under: "feed_forward")
  }
}
