import CKernels

extension Variable {
  /// Scaled dot-product attention: queries [N, Q, D] look at [N, L, D] and return [N, Q, D].
  ///
  /// Each head has D / heads neighbouring channels. `mask` [N, L] is 1 where a position may be
  /// looked at; a clip without any gets zeros. Where it is causal, query i sees keys 0…i alone.
  package func attention(
    keys: Variable, values: Variable, heads: Int, mask: Tensor? = nil, isCausal: Bool = false
  ) -> Variable {
    let problem = AttentionProblem(
      queries: shape, keys: keys.shape, values: values.shape, heads: heads, mask: mask?.shape,
      isCausal: isCausal)
    let (q, k, v) = (value, keys.value, values.value)
    let (result, weights) = problem.forward(q, k, v, mask: mask)
    let (toQueries, toKeys, toValues) = (node, keys.node, values.node)
    return Variable(result, from: [toQueries, toKeys, toValues]) { gradient in
      let (dq, dk, dv) = problem.gradients(of: gradient, q, k, v, weights: weights)
      toQueries?.add(dq)
      toKeys?.add(dk)
      toValues?.add(dv)
    }
  }
}

/// The sizes of one attention call, and its arithmetic.
private struct AttentionProblem {
  let clips: Int
  let queries: Int
  let keys: Int
  let width: Int
  let heads: Int
  let isCausal: Bool

  private var headWidth: Int { width / heads }
  private var scale: Float { 1 / Float(headWidth).squareRoot() }

  init(
    queries: [Int], keys: [Int], values: [Int], heads: Int, mask: [Int]?, isCausal: Bool
  ) {
    precondition(
      queries.count == 3 && keys == values && keys.count == 3 && keys[0] == queries[0]
        && keys[2] == queries[2] && queries[2] % heads == 0
        && (mask.map { $0 == Array(keys[..<2]) } ?? true) && (!isCausal || queries == keys),
      "Attention of \(queries) on \(keys), \(values) with \(heads) heads and mask "
        + "\(mask ?? []) does not fit.")
    clips = queries[0]
    self.queries = queries[1]
    self.keys = keys[1]
    width = queries[2]
    self.heads = heads
    self.isCausal = isCausal
  }

  /// The result, and the weights [N, heads, Q, L] that its gradient needs.
  func forward(_ q: Tensor, _ k: Tensor, _ v: Tensor, mask: Tensor?) -> (Tensor, Tensor) {
    let result = Tensor(uninitialized: [clips, queries, width])
    let weights = Tensor(uninitialized: [clips, heads, queries, keys])
    let (qs, ks, vs) = (q.storage.base, k.storage.base, v.storage.base)
    let (output, scores, keep) = (
      result.storage.base, weights.storage.base, mask?.storage.base
    )
    // Queries are cut as well, so that a single clip keeps all threads busy.
    let block = max(64, (queries + Threads.count - 1) / Threads.count)
    let blocks = (queries + block - 1) / block
    parallelFor(clips * heads * blocks) { item in
      let (clip, head) = (item / (heads * blocks), item / blocks % heads)
      let first = item % blocks * block
      let count = min(block, queries - first)
      let rows = (clip * queries + first) * width + head * headWidth
      let columns = clip * keys * width + head * headWidth
      let own = scores + ((clip * heads + head) * queries + first) * keys
      let seen = isCausal ? first + count : keys
      MatrixKernels.multiplyAlone(
        MatrixOperand(base: qs + rows, stride: width),
        MatrixOperand(base: ks + columns, stride: width, transposed: true), m: count, n: seen,
        k: headWidth, into: own, stride: keys)
      let visible = keep.map { $0 + clip * keys }
      if isCausal {
        pt_softmax_causal(own, visible, own, count, keys, first, scale)
      } else {
        pt_softmax(own, visible, own, count, keys, scale)
      }
      MatrixKernels.multiplyAlone(
        MatrixOperand(base: own, stride: keys), MatrixOperand(base: vs + columns, stride: width),
        m: count, n: headWidth, k: seen, into: output + rows, stride: width)
    }
    return (result, weights)
  }

  func gradients(
    of gradient: Tensor, _ q: Tensor, _ k: Tensor, _ v: Tensor, weights: Tensor
  ) -> (Tensor, Tensor, Tensor) {
    let dq = Tensor(uninitialized: q.shape)
    let (dk, dv) =
      isCausal
      ? (Tensor(zeros: k.shape), Tensor(zeros: v.shape))
      : (Tensor(uninitialized: k.shape), Tensor(uninitialized: v.shape))
    let scores = Tensor(uninitialized: weights.shape)
    let (qs, ks, vs, gs) = (
      q.storage.base, k.storage.base, v.storage.base, gradient.storage.base
    )
    let (dqs, dks, dvs) = (dq.storage.base, dk.storage.base, dv.storage.base)
    let (ps, ds) = (weights.storage.base, scores.storage.base)
    // Where later keys are not seen, blocks of queries leave out what is zero.
    let block = isCausal ? 64 : queries
    parallelFor(clips * heads) { item in
      let (clip, head) = (item / heads, item % heads)
      let columns = clip * keys * width + head * headWidth
      for first in stride(from: 0, to: queries, by: max(block, 1)) {
        let count = min(block, queries - first)
        let seen = isCausal ? first + count : keys
        let rows = (clip * queries + first) * width + head * headWidth
        let p = ps + (item * queries + first) * keys
        let d = ds + (item * queries + first) * keys
        let g = MatrixOperand(base: gs + rows, stride: width)
        MatrixKernels.multiplyAlone(
          MatrixOperand(base: p, stride: keys, transposed: true), g, m: seen, n: headWidth,
          k: count, into: dvs + columns, stride: width, accumulate: isCausal)
        MatrixKernels.multiplyAlone(
          g, MatrixOperand(base: vs + columns, stride: width, transposed: true), m: count,
          n: seen, k: headWidth, into: d, stride: keys)
        if isCausal {
          pt_softmax_causal_backward(p, d, d, count, keys, first, scale)
        } else {
          pt_softmax_backward(p, d, d, count, keys, scale)
        }
        MatrixKernels.multiplyAlone(
          MatrixOperand(base: d, stride: keys), MatrixOperand(base: ks + columns, stride: width),
          m: count, n: headWidth, k: seen, into: dqs + rows, stride: width)
        MatrixKernels.multiplyAlone(
          MatrixOperand(base: d, stride: keys, transposed: true),
          MatrixOperand(base: qs + rows, stride: width), m: seen, n: headWidth, k: count,
          into: dks + columns, stride: width, accumulate: isCausal)
      }
    }
    withExtendedLifetime(scores) {}
    return (dq, dk, dv)
  }
}
