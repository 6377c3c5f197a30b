import Tensors

/// Divides each position's channels by their root mean square, times a learned gain.
package struct RMSNormalization: Layer {
  /// Shape [C], ones at first.
  package let gain: Variable

  package init(_ channels: Int) {
    gain = Variable(Tensor(repeating: 1, shape: [channels]), requiresGradient: true)
  }

  /// With a given gain, such as that of a model file.
  package init(gain: Variable) {
    self.gain = gain
  }

  package func callAsFunction(
    _ x: Variable, activation: FusedActivation = .none
  ) -> Variable {
    x.rmsNormalized(gain: gain, activation: activation)
  }

  package var parameters: [NamedVariable] { [("gain", gain)] }
}
