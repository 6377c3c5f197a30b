/// Measures the gradient that passes one place of a computation.
package final class GradientMeter {
  /// The sum of squares of all gradients that passed; nil if none did.
  package private(set) var squaredNorm: Double?
  /// The median of the sizes of its elements, of those of the last gradient that passed: what
  /// happens to most, where the norm may come from few.
  package private(set) var median: Double?

  package init() {}

  fileprivate func add(_ gradient: Tensor) {
    gradient.withUnsafeBuffer { values in
      squaredNorm = values.reduce(squaredNorm ?? 0) { $0 + Double($1) * Double($1) }
      // A few thousand tell the median well enough.
      let step = max(1, values.count / 4096) | 1
      let sizes = stride(from: 0, to: values.count, by: step).map { abs(values[$0]) }.sorted()
      median = sizes.isEmpty ? nil : Double(sizes[sizes.count / 2])
    }
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
