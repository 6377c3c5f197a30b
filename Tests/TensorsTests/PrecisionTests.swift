import Testing

@testable import Tensors
@testable import TestSupport

/// Products of bfloat16 numbers against float32 products of the same rounded numbers.
@Suite(.enabled(if: Precision.hasFastBFloat16, "this machine multiplies no bfloat16 numbers"))
struct PrecisionTests {
  private func rounded(_ tensor: Tensor) -> Tensor {
    Tensor(
      tensor.values.map { Float(bitPattern: UInt32(HalfPrecision.bfloat16Bits($0)) << 16) },
      shape: tensor.shape)
  }

  @Test(arguments: ConvolutionCase.all)
  func convolutionsOfRoundedFactorsAreExact(_ test: ConvolutionCase) {
    let geometry = Precision.bfloat16.whileInUse { test.geometry }
    let library = ConvolutionKernels.chosen.library
    let gradient = Tensor.random(geometry.outputShape, seed: 8)
    let (x, w, g) = (rounded(test.input), rounded(test.weight), rounded(gradient))
    expectClose(
      library.forward(geometry, test.input, weight: test.weight, bias: test.bias),
      library.forward(test.geometry, x, weight: w, bias: test.bias), within: 2e-5)
    expectClose(
      library.inputGradient(geometry, gradient, weight: test.weight),
      library.inputGradient(test.geometry, g, weight: w), within: 1e-4)
    let found = library.weightGradients(geometry, test.input, gradient, wantsBias: true)
    let expected = library.weightGradients(test.geometry, x, g, wantsBias: true)
    expectClose(found.weight, expected.weight, within: 1e-4)
    expectClose(found.bias ?? Tensor(0), expected.bias ?? Tensor(1), within: 1e-4)
  }

  @Test func linearMapsOfRoundedFactorsAreExact() {
    let (x, w) = (Tensor.random([2, 50, 24], seed: 1), Tensor.random([20, 24], seed: 2))
    let bias = Variable(Tensor.random([20], seed: 3))
    let found = Precision.bfloat16.whileInUse {
      Variable(x).linear(weight: Variable(w), bias: bias)
    }
    let expected = Variable(rounded(x)).linear(weight: Variable(rounded(w)), bias: bias)
    expectClose(found.value, expected.value, within: 2e-5)
    let exact = Variable(x).linear(weight: Variable(w), bias: bias)
    #expect(found.value.largestDifference(from: exact.value) > 1e-4, "nothing was rounded")
  }

  @Test func aGradientIsComputedInThePrecisionOfItsOperation() {
    let x = Variable(Tensor.random([1, 2, 8, 8, 16], seed: 1), requiresGradient: true)
    let w = Variable(Tensor.random([16, 16, 1, 3, 3], seed: 2), requiresGradient: true)
    let output = Precision.bfloat16.whileInUse {
      x.convolution3D(weight: w, padding: .causal(kernel: Extent3D(1, 3, 3)))
    }
    let gradient = Tensor.random(output.shape, seed: 3)
    output.backward(from: gradient)
    let library = ConvolutionKernels.chosen.library
    let geometry = ConvolutionGeometry(
      input: x.shape, weight: w.shape, stride: Extent3D(1, 1, 1),
      padding: .causal(kernel: Extent3D(1, 3, 3)))
    let expected = library.inputGradient(geometry, rounded(gradient), weight: rounded(w.value))
    expectClose(x.gradient ?? Tensor(0), expected, within: 1e-4)
  }

  @Test func precisionEndsWithItsScope() {
    #expect(Precision.current == .float32)
    Precision.bfloat16.whileInUse {
      #expect(Precision.current == .bfloat16)
      Precision.float32.whileInUse { #expect(Precision.current == .float32) }
      #expect(Precision.current == .bfloat16)
    }
    #expect(Precision.current == .float32)
  }
}
