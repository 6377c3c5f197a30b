import Layers
import Tensors
import TestSupport
import Testing

@Suite struct LowRankAdapterTests {
  private static func adapter(_ shape: [Int], moved: Bool) -> LowRankAdapter {
    var source = RandomSource(seed: 3)
    let adapter = LowRankAdapter(weight: shape, rank: 3, alpha: 6, from: &source)
    if moved { adapter.up.value = Tensor.random(adapter.up.shape, seed: 5) }
    return adapter
  }

  @Test func aNewAdapterChangesNothing() {
    let weight = Tensor.random([4, 5, 3, 1, 2])
    let adapter = Self.adapter(weight.shape, moved: false)
    expectClose(adapter.adapted(Variable(weight)).value, weight, within: 0)
  }

  /// What the layers of the paper do: the input through `down`, then `up`, added to the output.
  @Test func aMergedConvolutionEqualsOneWithItsAdapterBeside() {
    let weight = Tensor.random([4, 5, 3, 3, 3])
    let adapter = Self.adapter(weight.shape, moved: true)
    let bias = Variable(Tensor.random([4], seed: 2))
    let x = Variable(Tensor.random([1, 4, 6, 6, 5], seed: 9))
    let merged = CausalConvolution3D(weight: adapter.adapted(Variable(weight)), bias: bias)(x)
    let down = CausalConvolution3D(
      weight: Variable(adapter.down.value.reshaped([3, 5, 3, 3, 3])),
      bias: Variable(Tensor(zeros: [3])))
    let beside = Linear(weight: adapter.up, bias: nil)(down(x)).scaled(by: 2)
    let base = CausalConvolution3D(weight: Variable(weight), bias: bias)(x)
    expectClose(merged.value, (base + beside).value, within: 1e-5)
  }

  @Test func adaptersHaveTheirGradients() {
    let adapter = Self.adapter([4, 6], moved: true)
    expectGradient(at: [Tensor.random([4, 6]), adapter.down.value, adapter.up.value]) {
      adapter.down.exchange(with: $0[1])
      adapter.up.exchange(with: $0[2])
      let adapted = adapter.adapted($0[0])
      adapter.down.exchange(with: $0[1])
      adapter.up.exchange(with: $0[2])
      return adapted
    }
  }

  /// Every convolution of the Wan 2.1 encoder's down blocks and middle: the published count.
  @Test func theWanEncodersAdaptersHaveTheKnownSize() {
    func residual(_ inputs: Int, _ outputs: Int) -> [[Int]] {
      [[outputs, inputs, 3, 3, 3], [outputs, outputs, 3, 3, 3]]
        + (inputs == outputs ? [] : [[outputs, inputs, 1, 1, 1]])
    }
    let shapes: [[[Int]]] = [
      residual(96, 96), residual(96, 96), [[96, 96, 3, 3]], residual(96, 192),
      residual(192, 192), [[192, 192, 3, 3], [192, 192, 3, 1, 1]], residual(192, 384),
      residual(384, 384), [[384, 384, 3, 3], [384, 384, 3, 1, 1]], residual(384, 384),
      residual(384, 384), residual(384, 384), residual(384, 384),
      [[1152, 384, 1, 1], [384, 384, 1, 1]],
    ]
    var source = RandomSource(seed: 1)
    let counts = shapes.joined().map {
      LowRankAdapter(weight: $0, rank: 16, alpha: 32, from: &source).parameterCount
    }
    #expect(counts.count == 29)
    #expect(counts.reduce(0, +) == 2_651_136)
  }

  @Test func exchangedVariablesStandInForEachOther() {
    let weight = Variable(Tensor([2], shape: [1]), requiresGradient: true)
    let other = Variable(Tensor([3], shape: [1]), requiresGradient: true)
    weight.exchange(with: other)
    let result = (weight * weight).sum()
    weight.exchange(with: other)
    result.backward()
    #expect(result.value.scalar == 9)
    #expect(weight.value.scalar == 2)
    #expect(weight.gradient == nil)
    #expect(other.gradient?.values == [6])
  }

  @Test func aThawedVariableTakesGradientsAgain() {
    let weight = Variable(Tensor([2], shape: [1]), requiresGradient: true)
    weight.freeze()
    #expect(!(weight * weight).requiresGradient)
    weight.thaw()
    (weight * weight).sum().backward()
    #expect(weight.gradient?.values == [4])
  }

  @Test func aTransformerBlockHasItsGradient() {
    var source = RandomSource(seed: 4)
    let block = TransformerBlock(8, heads: 2, hidden: 16, from: &source)
    expectGradient(at: [Tensor.random([2, 5, 8])]) { block($0[0], isCausal: true) }
  }
}
