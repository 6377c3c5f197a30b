import Glibc

extension Variable {
  /// The product of x and Φ(x), the normal distribution function, not approximated
  /// (Hendrycks and Gimpel, 2016).
  package func gelu() -> Variable {
    let toInput = node
    let x = value
    return Variable(x.mapped { $0 * normalDistribution($0) }, from: [toInput]) { gradient in
      let density = 1 / Float.pi.squareRoot() * Float(0.5).squareRoot()
      toInput?.add(
        (consume gradient).combined(x) {
          $0 * (normalDistribution($1) + $1 * density * expf(-0.5 * $1 * $1))
        })
    }
  }
}

private func normalDistribution(_ x: Float) -> Float {
  0.5 * (1 + erff(x * Float(0.5).squareRoot()))
}
