import Tensors

/// x · weightᵀ + bias over the last axis.
package struct Linear: Layer {
  /// Shape [outputs, inputs].
  package let weight: Variable
  /// Shape [outputs].
  package let bias: Variable?

  package init(
    _ inputs: Int, _ outputs: Int, hasBias: Bool = true,
    initialization: Initialization = .fanInUniform, from source: inout RandomSource
  ) {
    weight = initialization.makeParameter([outputs, inputs], from: &source)
    bias =
      hasBias
      ? Initialization.fanInUniform.makeParameter([outputs], fanIn: inputs, from: &source) : nil
  }

  /// With given parameters, such as those of a model file.
  package init(weight: Variable, bias: Variable?) {
    self.weight = weight
    self.bias = bias
  }

  package func callAsFunction(_ x: Variable) -> Variable {
    x.linear(weight: weight, bias: bias)
  }

  package var parameters: [NamedVariable] {
    [("weight", weight)] + (bias.map { [("bias", $0)] } ?? [])
  }
}
