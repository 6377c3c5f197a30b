import Testing

@testable import Tensors
@testable import TestSupport

/// Matrix products, linear maps, normalisation, softmax and attention.
@Suite struct ProductTests {
  @Test func aProductHasItsKnownAnswer() {
    let a = Variable(Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]))
    let b = Variable(Tensor([1, 0, 0, 1, 1, 1], shape: [3, 2]))
    #expect(a.product(b).value.values == [4, 5, 10, 11])
  }

  @Test(arguments: [(false, false), (true, false), (false, true), (true, true)])
  func productsHaveTheirGradients(transposed: (Bool, Bool)) {
    for batch in [[], [3]] {
      let left = batch + (transposed.0 ? [4, 5] : [5, 4])
      let right = batch + (transposed.1 ? [6, 4] : [4, 6])
      expectGradient(at: [Tensor.random(left), Tensor.random(right, seed: 2)]) {
        $0[0].product($0[1], transposingSelf: transposed.0, transposingOther: transposed.1)
      }
    }
  }

  @Test(arguments: [(300, 70, 40), (40, 300, 500), (16, 12, 90_000), (1, 1, 1)])
  func largeProductsEqualThePlainLoop(size: (m: Int, n: Int, k: Int)) {
    let a = Tensor.random([size.m, size.k])
    let b = Tensor.random([size.k, size.n], seed: 2)
    let product = Variable(a).product(Variable(b)).value
    for (row, column) in [(0, 0), (size.m - 1, size.n - 1), (size.m / 2, size.n / 3)] {
      let exact = (0..<size.k).reduce(0.0) {
        $0 + Double(a[row, $1]) * Double(b[$1, column])
      }
      #expect(abs(Double(product[row, column]) - exact) < 1e-5 * Double(size.k).squareRoot() + 1e-5)
    }
  }

  @Test(arguments: [[4, 3], [2, 3, 5, 3]])
  func linearMapsHaveTheirGradients(shape: [Int]) {
    let (weight, bias) = (Tensor.random([6, 3], seed: 2), Tensor.random([6], seed: 3))
    expectGradient(at: [Tensor.random(shape), weight, bias]) {
      $0[0].linear(weight: $0[1], bias: $0[2])
    }
    expectGradient(at: [Tensor.random(shape), weight]) { $0[0].linear(weight: $0[1]) }
  }

  @Test func normalisedRowsHaveAKnownAnswer() {
    let x = Variable(Tensor([3, 4, 0, 0, 1, 1, 1, 1], shape: [2, 4]))
    let y = x.rmsNormalized().value
    expectClose(y, Tensor([1.2, 1.6, 0, 0, 1, 1, 1, 1], shape: [2, 4]), within: 1e-5)
  }

  @Test(arguments: [[5, 4], [2, 3, 33]], [FusedActivation.none, .silu])
  func normalisationHasItsGradients(shape: [Int], activation: FusedActivation) {
    let gain = Tensor.random([shape[shape.count - 1]], seed: 7)
    expectGradient(at: [Tensor.random(shape), gain]) {
      $0[0].rmsNormalized(gain: $0[1], activation: activation)
    }
    expectGradient(at: [Tensor.random(shape)]) { $0[0].rmsNormalized(activation: activation) }
    // The gradient that is there already is added to, not overwritten.
    expectGradient(at: [Tensor.random(shape), gain]) {
      $0[0] + $0[0].rmsNormalized(gain: $0[1], activation: activation) + $0[0].squared()
    }
  }

  @Test func theFusedActivationIsSilu() {
    let x = Variable(Tensor.random([7, 37]))
    expectClose(
      x.rmsNormalized(activation: .silu).value, x.rmsNormalized().silu().value, within: 1e-6)
  }

  @Test(arguments: [[5], [3, 7], [2, 2, 300]])
  func softmaxesHaveTheirGradients(shape: [Int]) {
    let x = Tensor.random(shape, seed: 4)
    expectGradient(at: [x]) { $0[0].softmax() }
    expectGradient(at: [x]) { $0[0].logSoftmax() }
    expectClose(
      Variable(x).softmax().value, Variable(x).logSoftmax().exponential().value, within: 1e-6)
  }

  @Test func softmaxStandsLargeNumbers() {
    let y = Variable(Tensor([1000, 1000, -1000], shape: [3])).softmax().value.values
    #expect(y == [0.5, 0.5, 0])
  }

  @Test(arguments: [1, 2])
  func attentionHasItsGradients(heads: Int) {
    let q = Tensor.random([2, 5, 4], seed: 1)
    let (k, v) = (Tensor.random([2, 3, 4], seed: 2), Tensor.random([2, 3, 4], seed: 3))
    expectGradient(at: [q, k, v]) {
      $0[0].attention(keys: $0[1], values: $0[2], heads: heads)
    }
    let mask = Tensor([1, 0, 1, 1, 1, 0], shape: [2, 3])
    expectGradient(at: [q, k, v]) {
      $0[0].attention(keys: $0[1], values: $0[2], heads: heads, mask: mask)
    }
  }

  @Test func attentionOnOneEqualsItsSteps() {
    let q = Variable(Tensor.random([1, 90, 8], seed: 1))
    let k = Variable(Tensor.random([1, 6, 8], seed: 2))
    let v = Variable(Tensor.random([1, 6, 8], seed: 3))
    let weights = q.product(k, transposingOther: true).scaled(by: 1 / Float(8).squareRoot())
    expectClose(
      q.attention(keys: k, values: v, heads: 1).value, weights.softmax().product(v).value)
  }

  @Test func maskedPositionsDoNotMatter() {
    let q = Variable(Tensor.random([1, 4, 4]))
    let v = Tensor.random([1, 3, 4], seed: 2)
    var changed = v
    changed[0, 2, 1] = 77
    let mask = Tensor([1, 1, 0], shape: [1, 3])
    func attended(_ values: Tensor, _ mask: Tensor) -> Tensor {
      q.attention(keys: Variable(values), values: Variable(values), heads: 2, mask: mask).value
    }
    expectClose(attended(v, mask), attended(changed, mask), within: 0)
    expectClose(attended(v, Tensor(zeros: [1, 3])), Tensor(zeros: [1, 4, 4]), within: 0)
  }
}
