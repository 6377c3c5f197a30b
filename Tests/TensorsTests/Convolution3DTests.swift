import Testing

@testable import Tensors
@testable import TestSupport

/// One convolution of the tests: channels in and out, kernel, stride, input size.
struct ConvolutionCase: CustomTestStringConvertible, Sendable {
  let channels: (input: Int, output: Int)
  let kernel: Extent3D
  let stride: Extent3D
  let size: Extent3D
  var clips = 2

  static let all = [
    ConvolutionCase(
      channels: (3, 5), kernel: Extent3D(1, 3, 3), stride: Extent3D(1, 1, 1),
      size: Extent3D(2, 5, 4)),
    ConvolutionCase(
      channels: (4, 4), kernel: Extent3D(3, 1, 1), stride: Extent3D(1, 1, 1),
      size: Extent3D(5, 3, 2)),
    ConvolutionCase(
      channels: (2, 6), kernel: Extent3D(3, 3, 3), stride: Extent3D(2, 2, 2),
      size: Extent3D(5, 6, 7)),
    ConvolutionCase(
      channels: (16, 3), kernel: Extent3D(3, 3, 3), stride: Extent3D(2, 1, 1),
      size: Extent3D(3, 4, 4)),
    ConvolutionCase(
      channels: (5, 7), kernel: Extent3D(1, 1, 1), stride: Extent3D(1, 1, 1),
      size: Extent3D(2, 3, 3)),
    ConvolutionCase(
      channels: (16, 32), kernel: Extent3D(1, 3, 3), stride: Extent3D(1, 2, 2),
      size: Extent3D(1, 8, 8), clips: 1),
    ConvolutionCase(
      channels: (32, 32), kernel: Extent3D(1, 3, 3), stride: Extent3D(1, 1, 1),
      size: Extent3D(5, 1, 1), clips: 1),
  ]

  var input: Tensor { .random([clips, size.t, size.h, size.w, channels.input], seed: 1) }
  var weight: Tensor {
    .random([channels.output, channels.input, kernel.t, kernel.h, kernel.w], seed: 2)
  }
  var bias: Tensor { .random([channels.output], seed: 3) }
  var geometry: ConvolutionGeometry {
    ConvolutionGeometry(
      input: input.shape, weight: weight.shape, stride: stride, padding: .causal(kernel: kernel))
  }

  var testDescription: String {
    "\(channels.input)→\(channels.output) kernel \(kernel) stride \(stride) on \(size)"
  }

  /// The definition, loop by loop; slow.
  func plainLoop() -> Tensor {
    let (g, x, w, b) = (geometry, input, weight, bias)
    var result = Tensor(zeros: g.outputShape)
    let front = g.padding.front
    for n in 0..<clips {
      for t in 0..<g.output.t {
        for h in 0..<g.output.h {
          for column in 0..<g.output.w {
            for o in 0..<channels.output {
              var sum = Double(b[o])
              forEachTap { kt, kh, kw in
                let (it, ih) = (t * stride.t + kt - front.t, h * stride.h + kh - front.h)
                let iw = column * stride.w + kw - front.w
                guard it >= 0, it < size.t, ih >= 0, ih < size.h, iw >= 0, iw < size.w else {
                  return
                }
                for i in 0..<channels.input {
                  sum += Double(x[n, it, ih, iw, i]) * Double(w[o, i, kt, kh, kw])
                }
              }
              result[n, t, h, column, o] = Float(sum)
            }
          }
        }
      }
    }
    return result
  }

  private func forEachTap(_ body: (Int, Int, Int) -> Void) {
    for kt in 0..<kernel.t {
      for kh in 0..<kernel.h {
        for kw in 0..<kernel.w { body(kt, kh, kw) }
      }
    }
  }
}

@Suite struct Convolution3DTests {
  @Test(arguments: ConvolutionCase.all)
  func everyLibraryEqualsThePlainLoop(_ test: ConvolutionCase) {
    let expected = test.plainLoop()
    for library in ConvolutionKernels.available {
      expectClose(
        library.forward(test.geometry, test.input, weight: test.weight, bias: test.bias),
        expected, within: 2e-5)
    }
  }

  @Test(arguments: ConvolutionCase.all)
  func convolutionsHaveTheirGradients(_ test: ConvolutionCase) {
    expectGradient(at: [test.input, test.weight, test.bias]) {
      $0[0].convolution3D(
        weight: $0[1], bias: $0[2], stride: test.stride, padding: .causal(kernel: test.kernel))
    }
  }

  @Test(arguments: ConvolutionCase.all)
  func librariesAgreeOnTheGradients(_ test: ConvolutionCase) {
    let geometry = test.geometry
    let gradient = Tensor.random(geometry.outputShape, seed: 8)
    let reference = ProductConvolution()
    let expected = reference.weightGradients(geometry, test.input, gradient, wantsBias: true)
    for library in ConvolutionKernels.available {
      let found = library.weightGradients(geometry, test.input, gradient, wantsBias: true)
      expectClose(found.weight, expected.weight, within: 1e-4)
      expectClose(
        found.bias ?? Tensor(0), expected.bias ?? Tensor(1), within: 1e-4)
      expectClose(
        library.inputGradient(geometry, gradient, weight: test.weight),
        reference.inputGradient(geometry, gradient, weight: test.weight), within: 1e-4)
    }
  }

  @Test func theWeightOfTheNextStepIsUsed() {
    let x = Variable(Tensor.random([1, 1, 4, 4, 2]))
    let weight = Variable(Tensor.random([3, 2, 1, 3, 3]), requiresGradient: true)
    let before = x.convolution3D(weight: weight).value
    weight.value.withUnsafeMutableBuffer { for index in $0.indices { $0[index] *= 2 } }
    expectClose(
      x.convolution3D(weight: weight).value, Variable(before).scaled(by: 2).value, within: 1e-5)
  }
}
