import Foundation
import Testing

@testable import Tensors
@testable import TestSupport

/// Arithmetic, activations and reductions.
@Suite struct ElementwiseTests {
  @Test(arguments: [[5], [3, 4], [2, 3, 4]])
  func arithmeticHasItsGradients(shape: [Int]) {
    let a = Tensor.random(shape, seed: 1)
    let b = Tensor.random(shape, seed: 2)
    let positive = Variable(b).squared().plus(0.5).value
    expectGradient(at: [a, b]) { $0[0] + $0[1] }
    expectGradient(at: [a, b]) { $0[0] - $0[1] }
    expectGradient(at: [a, b]) { $0[0] * $0[1] }
    expectGradient(at: [a, positive]) { $0[0] / $0[1] }
    expectGradient(at: [a]) { -$0[0] }
    expectGradient(at: [a]) { $0[0].scaled(by: 3).plus(1) }
    expectGradient(at: [a, Tensor([0.3], shape: [1])]) { $0[0].scaled(by: $0[1]) }
    expectGradient(at: [a, Tensor.random([shape[shape.count - 1]])]) { $0[0].adding(bias: $0[1]) }
  }

  @Test(arguments: [[7], [2, 3, 17]])
  func activationsHaveTheirGradients(shape: [Int]) {
    let x = Tensor.random(shape, seed: 3)
    let positive = Variable(x).squared().plus(0.3).value
    expectGradient(at: [x]) { $0[0].silu() }
    expectGradient(at: [x]) { $0[0].sigmoid() }
    expectGradient(at: [x]) { $0[0].squared() }
    expectGradient(at: [x]) { $0[0].exponential() }
    expectGradient(at: [positive]) { $0[0].logarithm() }
    expectGradient(at: [positive]) { $0[0].squareRoot() }
  }

  @Test func kinksHaveTheGradientOfTheirSide() {
    let x = Variable(Tensor([-2, -0.5, 0, 0.5, 2], shape: [5]), requiresGradient: true)
    x.absolute().sum().backward()
    #expect(x.gradient?.values == [-1, -1, 0, 1, 1])
    x.gradient = nil
    x.clamped(to: -1...1).sum().backward()
    #expect(x.gradient?.values == [0, 1, 1, 1, 0])
    x.gradient = nil
    let sign = x.signStraightThrough()
    #expect(sign.value.values == [-1, -1, 1, 1, 1])
    sign.squared().sum().backward()
    #expect(x.gradient?.values == [-2, -2, 2, 2, 2])
  }

  @Test func exponentialIsAccurate() {
    let inputs = (0..<200_001).map { Float($0 - 100_000) * 0.00087 }
    let outputs = Variable(Tensor(inputs, shape: [inputs.count])).exponential().value.values
    let worst = zip(inputs, outputs).map { abs(Double($1) / exp(Double($0)) - 1) }.max() ?? 1
    #expect(worst <= 2e-7)
  }

  @Test func logarithmIsAccurate() {
    let inputs = (1...100_000).map { Float($0) * 0.00131 }
    let outputs = Variable(Tensor(inputs, shape: [inputs.count])).logarithm().value.values
    for (input, output) in zip(inputs, outputs) {
      let exact = log(Double(input))
      #expect(abs(Double(output) - exact) <= 2e-7 * max(1, abs(exact)))
    }
    let edges = Variable(Tensor([0, -1], shape: [2])).logarithm().value.values
    #expect(edges[0] == -.infinity && edges[1].isNaN)
  }

  @Test func extremesStayFinite() {
    let x = Variable(Tensor([-1e4, -100, 0, 100, 1e4], shape: [5]))
    expectClose(x.sigmoid().value, Tensor([0, 0, 0.5, 1, 1], shape: [5]), within: 1e-30)
    #expect(x.silu().value.values.allSatisfy { $0.isFinite })
  }

  @Test(arguments: [[0], [1], [0, 2], [1, 2], [0, 1, 2]])
  func sumsRunOverTheAxesAsked(axes: [Int]) {
    let x = Tensor.random([2, 3, 4], seed: 5)
    expectGradient(at: [x]) { $0[0].sum(axes) }
    expectGradient(at: [x]) { $0[0].mean(axes) }
  }

  @Test func sumsHaveKnownValues() {
    let x = Variable(Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]))
    #expect(x.sum([0]).value.values == [5, 7, 9])
    #expect(x.sum([1]).value.values == [6, 15])
    #expect(x.mean().value.scalar == 3.5)
    let many = Variable(Tensor(repeating: 0.1, shape: [3_000_000])).sum().value.scalar
    #expect(abs(many - 300_000) < 1)
  }

  @Test func eachClipHasItsOwnFactor() {
    let x = Tensor.random([3, 2, 2])
    expectGradient(at: [x]) { $0[0].scaled(perClip: [1, 0, -2]) }
    #expect(Variable(x).scaled(perClip: [1, 0, -2]).value[2, 1, 1] == -2 * x[2, 1, 1])
  }
}
