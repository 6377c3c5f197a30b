import Tensors

/// How a parameter's first values are drawn.
package enum Initialization: Sendable {
  case constant(Float)
  /// Evenly within ±1/√fan-in, the number of inputs of one output.
  case fanInUniform
  /// From a normal distribution around 0.
  case normal(deviation: Float)

  /// A learned array [outputs, inputs…]; `fanIn` is the product of all axes but the first if nil.
  ///
  /// From `RandomSource.none` its numbers are arbitrary, and it takes no time.
  package func makeParameter(
    _ shape: [Int], fanIn: Int? = nil, from source: inout RandomSource
  ) -> Variable {
    guard !source.isNone else {
      return Variable(Tensor(uninitialized: shape), requiresGradient: true)
    }
    let count = shape.reduce(1, *)
    let values: [Float]
    switch self {
    case .constant(let value):
      values = [Float](repeating: value, count: count)
    case .fanInUniform:
      let inputs = fanIn ?? shape.dropFirst().reduce(1, *)
      let bound = 1 / Double(max(inputs, 1)).squareRoot()
      values = (0..<count).map { _ in Float((source.uniform() * 2 - 1) * bound) }
    case .normal(let deviation):
      values = (0..<count).map { _ in Float(source.normal()) * deviation }
    }
    return Variable(Tensor(values, shape: shape), requiresGradient: true)
  }
}
