import Tensors

/// Each position's channels with mean 0 and variance 1, times a learned gain, plus a learned bias.
package struct LayerNormalization: Layer {
  /// Shape [C].
  package let gain: Variable
  /// Shape [C].
  package let bias: Variable
  package let epsilon: Float

  /// With given parameters, such as those of a model file.
  package init(gain: Variable, bias: Variable, epsilon: Float) {
    self.gain = gain
    self.bias = bias
    self.epsilon = epsilon
  }

  package func callAsFunction(_ x: Variable) -> Variable {
    x.layerNormalized(gain: gain, bias: bias, epsilon: epsilon)
  }

  package var parameters: [NamedVariable] { [("gain", gain), ("bias", bias)] }
}
