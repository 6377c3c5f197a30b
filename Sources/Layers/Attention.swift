import Tensors

/// Multi-head attention with learned projections, without biases.
package struct Attention: Layer {
  package let query: Linear
  package let key: Linear
  package let value: Linear
  package let out: Linear
  package let heads: Int

  /// Queries have `width` channels, what they look at `contextWidth` (the same if nil).
  package init(
    _ width: Int, contextWidth: Int? = nil, heads: Int, from source: inout RandomSource
  ) {
    precondition(width % heads == 0, "\(width) channels cannot be shared by \(heads) heads.")
    let context = contextWidth ?? width
    query = Linear(width, width, hasBias: false, from: &source)
    key = Linear(context, width, hasBias: false, from: &source)
    value = Linear(context, width, hasBias: false, from: &source)
    out = Linear(width, width, hasBias: false, from: &source)
    self.heads = heads
  }

  package init(query: Linear, key: Linear, value: Linear, out: Linear, heads: Int) {
    self.query = query
    self.key = key
    self.value = value
    self.out = out
    self.heads = heads
  }

  /// Of `x` [N, Q, D] on `context` [N, L, E], itself if nil.
  ///
  /// `mask` [N, L] is 1 where it may look; where it is causal, no position sees a later one.
  package func callAsFunction(
    _ x: Variable, context: Variable? = nil, mask: Tensor? = nil, isCausal: Bool = false
  ) -> Variable {
    let source = context ?? x
    return out(
      query(x).attention(
        keys: key(source), values: value(source), heads: heads, mask: mask, isCausal: isCausal))
  }

  package var parameters: [NamedVariable] {
    query.parameters(under: "query") + key.parameters(under: "key")
      + value.parameters(under: "value") + out.parameters(under: "out")
  }
}
