import Layers
import Tensors

/// Exponential moving averages of the weights: smoother than the weights themselves and better.
package final class MovingAverage {
  private let parameters: [NamedVariable]
  /// The largest share of the past that is kept at a step.
  package var decay: Float
  package var values: [Tensor]

  package init(_ parameters: [NamedVariable], decay: Float) {
    self.parameters = parameters
    self.decay = decay
    values = parameters.map(\.variable.value)
  }

  /// average ← k · average + (1 − k) · weight with k = min(decay, (1 + step) / (10 + step)), so that
  /// the first steps are forgotten quickly.
  package func update(step: Int) {
    let kept = min(decay, Float(1 + step) / Float(10 + step))
    for (index, parameter) in parameters.enumerated() {
      parameter.variable.value.withUnsafeBuffer { weights in
        values[index].withUnsafeMutableBuffer { averages in
          for i in 0..<weights.count { averages[i] += (1 - kept) * (weights[i] - averages[i]) }
        }
      }
    }
  }

  /// Runs `body` with the averages as the model's weights.
  package func whileInUse<Result>(_ body: () throws -> Result) rethrows -> Result {
    exchange()
    defer { exchange() }
    return try body()
  }

  private func exchange() {
    for index in parameters.indices {
      let weights = parameters[index].variable.value
      parameters[index].variable.value = values[index]
      values[index] = weights
    }
  }
}
