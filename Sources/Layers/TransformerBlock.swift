import Tensors

/// Attention of a sequence on itself, then each position alone, each behind a norm and added to its
/// input.
package struct TransformerBlock: Layer {
  package let norm1: RMSNormalization
  package let attention: Attention
  package let norm2: RMSNormalization
  package let feedForward: FeedForward

  package init(_ width: Int, heads: Int, hidden: Int, from source: inout RandomSource) {
    norm1 = RMSNormalization(width)
    attention = Attention(width, heads: heads, from: &source)
    norm2 = RMSNormalization(width)
    feedForward = FeedForward(width, hidden: hidden, from: &source)
  }

  /// `x` [N, L, D]; `mask` [N, L] is 1 where a position may be looked at.
  package func callAsFunction(
    _ x: Variable, mask: Tensor? = nil, isCausal: Bool = false
  ) -> Variable {
    let seen = x + attention(norm1(x), mask: mask, isCausal: isCausal)
    return seen + feedForward(norm2(seen))
  }

  package var parameters: [NamedVariable] {
    norm1.parameters(under: "norm1") + attention.parameters(under: "attention")
      + norm2.parameters(under: "norm2") + feedForward.parameters(under: "feed_forward")
  }
}
