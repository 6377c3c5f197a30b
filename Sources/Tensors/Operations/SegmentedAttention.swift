import CKernels

/// Rows of queries and the rows of keys that they look at.
package struct AttentionSegment: Sendable, Equatable {
  package var queries: Range<Int>
  package var keys: Range<Int>

  package init(queries: Range<Int>, keys: Range<Int>) {
    self.queries = queries
    self.keys = keys
  }
}

extension Variable {
  /// Scaled dot-product attention of sequences of any lengths that lie one behind the other: queries
  /// [Q, D] look at keys and values [L, D] and return [Q, D].
  ///
  /// Each head has D / heads neighbouring channels. Queries in no segment, and those of a segment
  /// without keys, get zeros; no query is in two segments.
  package func attention(
    keys: Variable, values: Variable, heads: Int, segments: [AttentionSegment]
  ) -> Variable {
    let problem = SegmentedAttention(
      queries: shape, keys: keys.shape, values: values.shape, heads: heads, segments: segments)
    let (q, k, v) = (value, keys.value, values.value)
    let (toQueries, toKeys, toValues) = (node, keys.node, values.node)
    let isRecorded = toQueries != nil || toKeys != nil || toValues != nil
    let (result, weights) = problem.forward(q, k, v, keepsWeights: isRecorded)
    return Variable(result, from: [toQueries, toKeys, toValues]) { gradient in
      guard let weights else { return }
      let (dq, dk, dv) = problem.gradients(of: gradient, q, k, v, weights: weights)
      toQueries?.add(dq)
      toKeys?.add(dk)
      toValues?.add(dv)
    }
  }
}

/// The sizes of one attention call on segments, and its arithmetic.
private struct SegmentedAttention {
  /// A few queries of one segment; their weights begin at `offset` for the first head.
  private struct Block {
    let queries: Range<Int>
    let keys: Range<Int>
    let offset: Int
  }

  private let width: Int
  private let heads: Int
  private let blocks: [Block]
  /// Blocks that share no keys with those of another group.
  private let groups: [Range<Int>]
  /// Weights of one head.
  private let weightCount: Int
  private var headWidth: Int { width / heads }
  private var scale: Float { 1 / Float(headWidth).squareRoot() }

  init(queries: [Int], keys: [Int], values: [Int], heads: Int, segments: [AttentionSegment]) {
    precondition(
      queries.count == 2 && keys.count == 2 && keys == values && queries[1] == keys[1]
        && queries[1] % heads == 0
        && segments.allSatisfy {
          $0.queries.lowerBound >= 0 && $0.queries.upperBound <= queries[0]
            && $0.keys.lowerBound >= 0 && $0.keys.upperBound <= keys[0]
        },
      "Attention of \(queries) on \(keys), \(values) with \(heads) heads does not fit its segments."
    )
    width = queries[1]
    self.heads = heads
    var blocks: [Block] = []
    var groups: [Range<Int>] = []
    var (offset, seen, first) = (0, 0, 0)
    for segment in segments where !segment.queries.isEmpty && !segment.keys.isEmpty {
      if segment.keys.lowerBound >= seen, first < blocks.count {
        groups.append(first..<blocks.count)
        first = blocks.count
      }
      seen = max(seen, segment.keys.upperBound)
      for start in stride(from: segment.queries.lowerBound, to: segment.queries.upperBound, by: 128)
      {
        let rows = start..<min(start + 128, segment.queries.upperBound)
        blocks.append(Block(queries: rows, keys: segment.keys, offset: offset))
        offset += rows.count * segment.keys.count
      }
    }
    if first < blocks.count { groups.append(first..<blocks.count) }
    self.blocks = blocks
    self.groups = groups
    weightCount = offset
  }

  /// The result, and the weights [heads, …] that its gradient needs.
  func forward(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, keepsWeights: Bool
  ) -> (Tensor, Tensor?) {
    let result = Tensor(zeros: q.shape)
    let kept = keepsWeights ? Tensor(uninitialized: [heads, weightCount]) : nil
    let (qs, ks, vs) = (q.storage.base, k.storage.base, v.storage.base)
    let (output, weights) = (result.storage.base, kept?.storage.base)
    parallelFor(blocks.count * heads) { item in
      let (block, head) = (blocks[item / heads], item % heads)
      let (count, seen) = (block.queries.count, block.keys.count)
      let rows = block.queries.lowerBound * width + head * headWidth
      let columns = block.keys.lowerBound * width + head * headWidth
      let scratch = weights == nil ? Storage(count: count * seen) : nil
      guard let own = weights.map({ $0 + head * weightCount + block.offset }) ?? scratch?.base
      else { return }
      MatrixKernels.multiplyAlone(
        MatrixOperand(base: qs + rows, stride: width),
        MatrixOperand(base: ks + columns, stride: width, transposed: true), m: count, n: seen,
        k: headWidth, into: own, stride: seen)
      pt_softmax(own, nil, own, count, seen, scale)
      MatrixKernels.multiplyAlone(
        MatrixOperand(base: own, stride: seen), MatrixOperand(base: vs + columns, stride: width),
        m: count, n: headWidth, k: seen, into: output + rows, stride: width)
      withExtendedLifetime(scratch) {}
    }
    return (result, kept)
  }

  func gradients(
    of gradient: Tensor, _ q: Tensor, _ k: Tensor, _ v: Tensor, weights: Tensor
  ) -> (Tensor, Tensor, Tensor) {
    let (dq, dk, dv) = (Tensor(zeros: q.shape), Tensor(zeros: k.shape), Tensor(zeros: v.shape))
    let largest = blocks.map { $0.queries.count * $0.keys.count }.max() ?? 0
    let (qs, ks, vs, gs) = (
      q.storage.base, k.storage.base, v.storage.base, gradient.storage.base
    )
    let (dqs, dks, dvs) = (dq.storage.base, dk.storage.base, dv.storage.base)
    let ps = weights.storage.base
    // Blocks of a group add to the gradients of the same keys, so one thread does them in turn.
    parallelFor(groups.count * heads) { item in
      let (group, head) = (groups[item / heads], item % heads)
      let scores = Storage(count: largest)
      let d = scores.base
      for block in blocks[group] {
        let (count, seen) = (block.queries.count, block.keys.count)
        let rows = block.queries.lowerBound * width + head * headWidth
        let columns = block.keys.lowerBound * width + head * headWidth
        let p = ps + head * weightCount + block.offset
        let g = MatrixOperand(base: gs + rows, stride: width)
        MatrixKernels.multiplyAlone(
          MatrixOperand(base: p, stride: seen, transposed: true), g, m: seen, n: headWidth,
          k: count, into: dvs + columns, stride: width, accumulate: true)
        MatrixKernels.multiplyAlone(
          g, MatrixOperand(base: vs + columns, stride: width, transposed: true), m: count, n: seen,
          k: headWidth, into: d, stride: seen)
        pt_softmax_backward(p, d, d, count, seen, scale)
        MatrixKernels.multiplyAlone(
          MatrixOperand(base: d, stride: seen), MatrixOperand(base: ks + columns, stride: width),
          m: count, n: headWidth, k: seen, into: dqs + rows, stride: width)
        MatrixKernels.multiplyAlone(
          MatrixOperand(base: d, stride: seen, transposed: true),
          MatrixOperand(base: qs + rows, stride: width), m: seen, n: headWidth, k: count,
          into: dks + columns, stride: width, accumulate: true)
      }
      withExtendedLifetime(scores) {}
    }
    withExtendedLifetime((gradient, weights)) {}
    return (dq, dk, dv)
  }
}
