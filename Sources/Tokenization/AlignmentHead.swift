import Layers
import Tensors

/// Brings pooled codes and pooled text into one space of unit vectors, for a contrastive loss.
package struct AlignmentHead: Layer {
  package static let width = 64
  package static let temperature: Float = 0.1

  /// From the bits of each level's codes to what a code stands for, before a level is pooled.
  ///
  /// A mean of bits alone knows nothing of which bits occur together. Empty where the configuration
  /// has no `alignment_width`: then the bits themselves are pooled.
  package let tokens: [Linear]
  package let codes: Linear
  package let text: Linear

  init(_ configuration: TokenizerConfiguration, from source: inout RandomSource) {
    var tokens: [Linear] = []
    if let width = configuration.alignmentWidth {
      for _ in 0..<configuration.levelCount {
        tokens.append(Linear(configuration.bits, width, from: &source))
      }
    }
    self.tokens = tokens
    let pooled = configuration.levelCount * (configuration.alignmentWidth ?? configuration.bits)
    codes = Linear(pooled, Self.width, from: &source)
    text = Linear(configuration.textWidth, Self.width, from: &source)
  }

  /// One unit vector per clip from its codes, one from its caption: [N, 64] each.
  package func callAsFunction(_ latents: QuantizedLatents, text context: TextContext)
    -> (codes: Variable, text: Variable)
  {
    let levels = latents.codes.enumerated().map { index, codes in
      tokens.isEmpty ? codes : tokens[index](codes).silu()  // [N, t, h, w, W]
    }
    let pooled = Variable.concatenated(levels.map { $0.mean([1, 2, 3]) }, along: 1)
    return (unit(codes(pooled)), unit(text(context.meanWord())))
  }

  /// The unit vector of one clip from its integers, however many they are: [64].
  func vector(of grids: [TokenGrid], bits: Int) -> [Float] {
    let pooled = grids.enumerated().flatMap { mean(of: $1.codes, bits: bits, level: $0) }
    return unit(codes(Variable(Tensor(pooled, shape: [1, pooled.count])))).value.values
  }

  /// The unit vector of one caption: [64].
  func vector(of context: TextContext) -> [Float] { unit(text(context.meanWord())).value.values }

  /// What a level's codes stand for, pooled: a part of them at a time.
  private func mean(of integers: [UInt32], bits: Int, level: Int) -> [Float] {
    let rows = 1 << 14
    var sums: [Double] = []
    for start in stride(from: 0, to: integers.count, by: rows) {
      let part = Array(integers[start..<min(start + rows, integers.count)])
      let signs = Variable(
        Tensor(BinaryCode.signs(of: part, bits: bits), shape: [part.count, bits]))
      let meant = tokens.isEmpty ? signs : tokens[level](signs).silu()
      let sum = meant.sum([0]).value.values.map(Double.init)
      sums = sums.isEmpty ? sum : zip(sums, sum).map { $0 + $1 }
    }
    return sums.map { Float($0 / Double(max(1, integers.count))) }
  }

  /// Each row divided by its length.
  private func unit(_ x: Variable) -> Variable {
    x.rmsNormalized(epsilon: 1e-12).scaled(by: 1 / Float(Self.width).squareRoot())
  }

  package var parameters: [NamedVariable] {
    tokens.parameters(under: "tokens") + codes.parameters(under: "codes")
      + text.parameters(under: "text")
  }
}

extension TextContext {
  /// The mean over each caption's tokens, padding left out: [N, E].
  package func meanWord() -> Variable {
    let (clips, length) = (mask.shape[0], mask.shape[1])
    var weights = mask.values
    for clip in 0..<clips {
      let row = clip * length..<(clip + 1) * length
      let count = max(1, weights[row].reduce(0, +))
      for index in row { weights[index] /= count }
    }
    let rows = Variable(Tensor(weights, shape: [clips, 1, length]))
    return rows.product(embedding).reshaped([clips, embedding.shape[2]])
  }
}
