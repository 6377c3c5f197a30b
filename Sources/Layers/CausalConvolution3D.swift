import Tensors

/// A convolution over [N, T, H, W, C] that never looks at later frames.
///
/// Zeros stand in front of the first frame and around each picture, (k − 1)/2 of them.
package struct CausalConvolution3D: Layer {
  /// Shape [Cout, Cin, kT, kH, kW].
  package let weight: Variable
  /// Shape [Cout].
  package let bias: Variable
  package let stride: Extent3D
  private let kernel: Extent3D

  package init(
    _ inputs: Int, _ outputs: Int, kernel: Extent3D, stride: Extent3D = Extent3D(1, 1, 1),
    initialization: Initialization = .fanInUniform, from source: inout RandomSource
  ) {
    precondition(
      kernel.t >= stride.t, "A stride \(stride) beyond the kernel \(kernel) would skip frames.")
    let fanIn = inputs * kernel.volume
    weight = initialization.makeParameter(
      [outputs, inputs, kernel.t, kernel.h, kernel.w], from: &source)
    if case .constant(let value) = initialization {
      bias = Initialization.constant(value).makeParameter([outputs], from: &source)
    } else {
      bias = Initialization.fanInUniform.makeParameter([outputs], fanIn: fanIn, from: &source)
    }
    self.kernel = kernel
    self.stride = stride
  }

  /// With given parameters, such as those of a model file; the kernel is the weight's.
  package init(weight: Variable, bias: Variable, stride: Extent3D = Extent3D(1, 1, 1)) {
    self.weight = weight
    self.bias = bias
    self.stride = stride
    kernel = Extent3D(weight.shape[2], weight.shape[3], weight.shape[4])
  }

  /// With a stream, `x` is the next chunk of a clip; without, a whole clip.
  package func callAsFunction(_ x: Variable, stream: StreamState? = nil) -> Variable {
    var padding = Padding3D.causal(kernel: kernel)
    guard let stream, kernel.t > 1 else {
      return x.convolution3D(weight: weight, bias: bias, stride: stride, padding: padding)
    }
    padding.front.t = 0
    let window = Variable(following(x.value, in: stream))
    return window.convolution3D(weight: weight, bias: bias, stride: stride, padding: padding)
  }

  /// The frames that earlier chunks left and this chunk; remembers what the next one needs.
  private func following(_ chunk: Tensor, in stream: StreamState) -> Tensor {
    var shape = chunk.shape
    shape[1] = kernel.t - 1
    let history = stream[weight] ?? Tensor(zeros: shape)
    let window = Tensor.concatenated([history, chunk], along: 1)
    let length = window.shape[1]
    precondition(
      length >= kernel.t, "A chunk of \(chunk.shape[1]) frames is too short for \(kernel).")
    let outputs = (length - kernel.t) / stride.t + 1
    stream[weight] = window.sliced(1, outputs * stride.t..<length)
    return window
  }

  package var parameters: [NamedVariable] { [("weight", weight), ("bias", bias)] }
}
