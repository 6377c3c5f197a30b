import Tensors
import TestSupport
import Testing

@Suite struct LayerNormalizationTests {
  @Test func rowsGetMeanZeroAndVarianceOne() {
    let x = Variable(Tensor([1, 3, 5, 5], shape: [2, 2]))
    let gain = Variable(Tensor([2, 3], shape: [2]))
    let bias = Variable(Tensor([10, 20], shape: [2]))
    let y = x.layerNormalized(gain: gain, bias: bias, epsilon: 1e-12)
    expectClose(y.value, Tensor([8, 23, 10, 20], shape: [2, 2]))
  }

  @Test(arguments: [[1, 3], [4, 7], [2, 3, 16]])
  func gradientsAgreeWithDifferences(shape: [Int]) {
    let channels = [shape[shape.count - 1]]
    expectGradient(
      at: [.random(shape, seed: 1), .random(channels, seed: 2), .random(channels, seed: 3)]
    ) { $0[0].layerNormalized(gain: $0[1], bias: $0[2], epsilon: 1e-3) }
  }
}

@Suite struct GELUTests {
  @Test func valuesAreThoseOfTheNormalDistribution() {
    let y = Variable(Tensor([-10, -1, 0, 1, 2, 10], shape: [6])).gelu()
    let expected: [Float] = [0, -0.158655254, 0, 0.841344746, 1.954499736, 10]
    expectClose(y.value, Tensor(expected, shape: [6]), within: 1e-6)
  }

  @Test func gradientsAgreeWithDifferences() {
    expectGradient(at: [.random([40])]) { $0[0].scaled(by: 3).gelu() }
  }
}
