import Testing

@testable import Tensors
@testable import TestSupport

@Suite struct SegmentedAttentionTests {
  /// Two sequences of 3 and 5 rows; the second one's first two rows do not see its last three.
  private let segments = [
    AttentionSegment(queries: 0..<3, keys: 0..<3), AttentionSegment(queries: 3..<5, keys: 3..<5),
    AttentionSegment(queries: 5..<8, keys: 3..<8),
  ]

  @Test func segmentsAreAttentionOfTheirOwn() {
    let (q, k, v) = (
      Tensor.random([8, 6]), Tensor.random([8, 6], seed: 2), Tensor.random([8, 6], seed: 3)
    )
    let whole = Variable(q).attention(
      keys: Variable(k), values: Variable(v), heads: 3, segments: segments
    ).value
    for segment in segments {
      func part(_ x: Tensor, _ range: Range<Int>) -> Variable {
        Variable(x.sliced(0, range).reshaped([1, range.count, 6]))
      }
      let alone = part(q, segment.queries).attention(
        keys: part(k, segment.keys), values: part(v, segment.keys), heads: 3
      ).value.reshaped([segment.queries.count, 6])
      expectClose(whole.sliced(0, segment.queries), alone, within: 1e-6)
    }
  }

  @Test func gradientsAreThoseOfTheFormula() {
    let inputs = (1...3).map { Tensor.random([8, 6], seed: UInt64($0)) }
    expectGradient(at: inputs) {
      $0[0].attention(keys: $0[1], values: $0[2], heads: 3, segments: segments)
    }
    // Longer than a block of queries, and more keys than queries.
    let long = [
      Tensor.random([150, 4]), Tensor.random([160, 4], seed: 2), Tensor.random([160, 4], seed: 3),
    ]
    expectGradient(at: long) {
      $0[0].attention(
        keys: $0[1], values: $0[2], heads: 2,
        segments: [AttentionSegment(queries: 0..<150, keys: 0..<160)])
    }
  }

  @Test func whoSeesNothingGetsZeros() {
    let x = Variable(Tensor.random([4, 4]))
    let result = x.attention(
      keys: x, values: x, heads: 2, segments: [AttentionSegment(queries: 1..<3, keys: 0..<4)]
    ).value.values
    #expect(result[..<4].allSatisfy { $0 == 0 } && result[12...].allSatisfy { $0 == 0 })
    #expect(result[4..<12].allSatisfy { $0 != 0 })
  }

  @Test func turningKeepsLengthsAndTellsDifferences() {
    let angles: [Float] = [0, 0, 0.3, -1, 1.3, 2]
    let table = RotationTable(angles: angles, pairs: 2)
    let x = Tensor.random([3, 8])
    let turned = Variable(x).rotated(by: table).value
    // The first row is turned by nothing.
    expectClose(turned.sliced(0, 0..<1), x.sliced(0, 0..<1), within: 0)
    // By 0.3: (1, 0) becomes (cos 0.3, sin 0.3).
    let unit = Tensor([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0], shape: [3, 4])
    let row = Variable(unit).rotated(by: table).value.sliced(0, 1..<2).values
    #expect(zip(row, [0.9553365, 0, 0.2955202, 0]).allSatisfy { abs($0 - Float($1)) < 1e-6 })
    // Products of rows that are turned alike stay what they were.
    let (a, b) = (Tensor.random([3, 8], seed: 4), Tensor.random([3, 8], seed: 5))
    let product: (Tensor, Tensor) -> [Float] = { a, b in
      (0..<3).map { row in (0..<8).reduce(0) { $0 + a[row, $1] * b[row, $1] } }
    }
    let both = product(
      Variable(a).rotated(by: table).value, Variable(b).rotated(by: table).value)
    #expect(zip(both, product(a, b)).allSatisfy { abs($0 - $1) < 1e-5 })
    expectGradient(at: [x]) { $0[0].rotated(by: table) }
  }

  @Test func rowsAreAddedWhereTheyBelong() {
    let x = Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2])
    let added = Variable(x).adding(
      Variable(Tensor([10, 20, 30, 40], shape: [2, 2])), toRows: [2, 0])
    #expect(added.value.values == [31, 42, 3, 4, 15, 26])
    expectGradient(at: [x, Tensor.random([2, 2])]) { $0[0].adding($0[1], toRows: [2, 0]) }
  }
}
