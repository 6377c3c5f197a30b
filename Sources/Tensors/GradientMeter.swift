/// Measures the gradient that passes one place of a computation.
package final class GradientMeter {
  /// The sum of squares of all gradients that passed; nil if none did.
  package private(set) var squaredNorm: Double?

  package init() {}

  fileprivate func add(_ gradient: Tensor) {
    squaredNorm =
      (squaredNorm ?? 0)
      + gradient.withUnsafeBuffer { $0.reduce(0) { $0 + Double($1) * Double($1) } }
  }
}

extension Variable {
  /// The same value; what passes here during `backward()` is measured on its way.
  package func metered(by meter: GradientMeter) -> Variable {
    let toInput = node
    return Variable(value, from: [toInput]) { gradient in
      meter.add(gradient)
      toInput?.add(gradient)
    }
  }
}
