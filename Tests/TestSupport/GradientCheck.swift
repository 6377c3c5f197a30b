import Tensors
import Testing

/// Expects that the gradients of `operation` at `inputs` agree with central differences.
///
/// The result is made a scalar with random weights. At most `samples` numbers of each input are
/// moved by ±`step`; a difference counts against the largest gradient of that input.
package func expectGradient(
  at inputs: [Tensor], step: Float = 1e-2, tolerance: Double = 5e-3, samples: Int = 24,
  sourceLocation: SourceLocation = #_sourceLocation,
  of operation: ([Variable]) -> Variable
) {
  let variables = inputs.map { Variable($0, requiresGradient: true) }
  let result = operation(variables)
  let weights = Tensor.random(result.shape, seed: 99)
  result.backward(from: weights)
  func loss(_ moved: [Tensor]) -> Double {
    let values = operation(moved.map { Variable($0) }).value.values
    return zip(values, weights.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }
  for (index, input) in inputs.enumerated() {
    guard let gradient = variables[index].gradient else {
      Issue.record("input \(index) got no gradient", sourceLocation: sourceLocation)
      continue
    }
    #expect(gradient.shape == input.shape, sourceLocation: sourceLocation)
    let analytic = gradient.values
    let scale = max(1e-3, Double(analytic.map(abs).max() ?? 0))
    for element in stride(from: 0, to: input.count, by: max(1, input.count / samples)) {
      var (up, down) = (inputs, inputs)
      up[index].withUnsafeMutableBuffer { $0[element] += step }
      down[index].withUnsafeMutableBuffer { $0[element] -= step }
      let span = Double(up[index].values[element]) - Double(down[index].values[element])
      let numeric = (loss(up) - loss(down)) / span
      let error = abs(numeric - Double(analytic[element])) / scale
      #expect(
        error <= tolerance,
        "input \(index), element \(element): \(analytic[element]) is not \(numeric)",
        sourceLocation: sourceLocation)
    }
  }
}
