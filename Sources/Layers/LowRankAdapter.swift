import Tensors

/// A trained change of low rank to a given weight: W + (alpha / rank) · up · down (LoRA: Hu and
/// others, 2022).
///
/// Of a convolution, `down` is one with the same kernel to `rank` channels and `up` a pointwise one
/// back; as both are linear, their product is a kernel of its own and can be added for good.
package struct LowRankAdapter: Layer {
  /// Shape [rank, inputs · kernel].
  package let down: Variable
  /// Shape [outputs, rank]; zeros at first, so that the adapted weight begins as the given one.
  package let up: Variable
  private let scale: Float

  /// For a weight of shape [outputs, inputs…].
  package init(
    weight shape: [Int], rank: Int, alpha: Float, from source: inout RandomSource
  ) {
    precondition(shape.count >= 2, "An array of shape \(shape) is no weight of a linear map.")
    let inputs = shape.dropFirst().reduce(1, *)
    down = Initialization.fanInUniform.makeParameter([rank, inputs], from: &source)
    up = Initialization.constant(0).makeParameter([shape[0], rank], from: &source)
    scale = alpha / Float(rank)
  }

  /// The changed weight, from which gradients reach the factors and the given weight.
  package func adapted(_ weight: Variable) -> Variable {
    weight + up.product(down).reshaped(weight.shape).scaled(by: scale)
  }

  package var parameters: [NamedVariable] { [("down", down), ("up", up)] }
}
