import Tensors

/// x + conv2(silu(norm2(conv1(silu(norm1(x)))))): space first, then time.
///
/// It starts as the identity: conv2 begins with zeros.
package struct ResidualBlock: Layer {
  package let norm1: RMSNormalization
  /// Kernel 1x3x3.
  package let conv1: CausalConvolution3D
  package let norm2: RMSNormalization
  /// Kernel 3x1x1.
  package let conv2: CausalConvolution3D

  package init(_ width: Int, from source: inout RandomSource) {
    norm1 = RMSNormalization(width)
    conv1 = CausalConvolution3D(width, width, kernel: Extent3D(1, 3, 3), from: &source)
    norm2 = RMSNormalization(width)
    conv2 = CausalConvolution3D(
      width, width, kernel: Extent3D(3, 1, 1), initialization: .constant(0), from: &source)
  }

  package init(
    norm1: RMSNormalization, conv1: CausalConvolution3D, norm2: RMSNormalization,
    conv2: CausalConvolution3D
  ) {
    self.norm1 = norm1
    self.conv1 = conv1
    self.norm2 = norm2
    self.conv2 = conv2
  }

  package func callAsFunction(_ x: Variable, stream: StreamState? = nil) -> Variable {
    let space = conv1(norm1(x, activation: .silu), stream: stream)
    return x + conv2(norm2(space, activation: .silu), stream: stream)
  }

  package var parameters: [NamedVariable] {
    norm1.parameters(under: "norm1") + conv1.parameters(under: "conv1")
      + norm2.parameters(under: "norm2") + conv2.parameters(under: "conv2")
  }
}
