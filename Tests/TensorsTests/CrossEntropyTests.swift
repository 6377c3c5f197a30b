import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct CrossEntropyTests {
  @Test func crossEntropyOfKnownProbabilities() {
    let x = Variable(Tensor([0, log(3), 0, 0], shape: [2, 2]))
    let loss = x.crossEntropy(targets: [1, 0]).value.scalar
    #expect(abs(loss - (log(4 / 3) + log(2)) / 2) < 1e-6)
    #expect(abs(x.logSumExp().value.values[0] - log(4)) < 1e-6)
  }

  @Test func aNumberThatIsOutOfTheQuestionCountsForNothing() {
    let x = Variable(Tensor([-1e4, 2, -1e4], shape: [1, 3]))
    #expect(abs(x.logSumExp().value.values[0] - 2) < 1e-6)
  }

  @Test func crossEntropiesHaveTheirGradients() {
    expectGradient(at: [Tensor.random([5, 7])]) { $0[0].crossEntropy(targets: [0, 6, 3, 3, 2]) }
    expectGradient(at: [Tensor.random([2, 3, 7])]) { $0[0].logSumExp() }
    expectGradient(at: [Tensor.random([2, 30])], step: 1e-3) { $0[0].rectified() }
  }
}

@Suite struct CausalAttentionTests {
  /// Longer than a block of queries.
  private static let length = 70

  @Test func aQuerySeesItselfAndWhatIsBeforeIt() {
    let (q, k, v) = (
      Tensor.random([2, Self.length, 6], seed: 1), Tensor.random([2, Self.length, 6], seed: 2),
      Tensor.random([2, Self.length, 6], seed: 3)
    )
    let mask = Self.mask
    let result = Variable(q).attention(
      keys: Variable(k), values: Variable(v), heads: 2, mask: mask, isCausal: true)
    for query in [0, 1, 5, 63, 64, 69] {
      // The same with the later keys cut off.
      let alone = Variable(q.sliced(1, query..<query + 1)).attention(
        keys: Variable(k.sliced(1, 0..<query + 1)), values: Variable(v.sliced(1, 0..<query + 1)),
        heads: 2, mask: mask.sliced(1, 0..<query + 1))
      expectClose(result.value.sliced(1, query..<query + 1), alone.value)
    }
  }

  @Test func causalAttentionHasItsGradients() {
    let shape = [2, Self.length, 4]
    let inputs = [
      Tensor.random(shape, seed: 1), Tensor.random(shape, seed: 2), Tensor.random(shape, seed: 3),
    ]
    expectGradient(at: inputs) {
      $0[0].attention(
        keys: $0[1], values: $0[2], heads: 2, mask: Self.mask, isCausal: true)
    }
  }

  /// The second clip hides positions 1 and 2.
  private static var mask: Tensor {
    var mask = Tensor(repeating: 1, shape: [2, length])
    mask[1, 1] = 0
    mask[1, 2] = 0
    return mask
  }
}
