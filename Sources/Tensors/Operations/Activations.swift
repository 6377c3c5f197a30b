import CKernels

extension Variable {
  /// The product of x and σ(x).
  package func silu() -> Variable {
    let toInput = node
    let x = value
    return Variable(x.filled(by: pt_silu), from: [toInput]) { gradient in
      let result = Tensor(uninitialized: x.shape)
      let (input, incoming, output) = (
        x.storage.base, gradient.storage.base, result.storage.base
      )
      parallelRanges(x.count, grain: elementGrain / 4) { range in
        let start = range.lowerBound
        pt_silu_backward(input + start, incoming + start, output + start, range.count)
      }
      withExtendedLifetime(gradient) {}
      toInput?.add(result)
    }
  }

  /// The logistic function: 1 / (1 + exp(−x)).
  package func sigmoid() -> Variable {
    let y = value.filled(by: pt_sigmoid)
    let toInput = node
    return Variable(y, from: [toInput]) { gradient in
      toInput?.add((consume gradient).combined(y) { $0 * $1 * (1 - $1) })
    }
  }

  /// The larger of x and 0, with gradient 0 at 0.
  package func rectified() -> Variable {
    let toInput = node
    let y = value.mapped { $0 > 0 ? $0 : 0 }
    return Variable(y, from: [toInput]) { gradient in
      toInput?.add((consume gradient).combined(y) { $1 > 0 ? $0 : 0 })
    }
  }

  /// |x|, with gradient 0 at 0.
  package func absolute() -> Variable {
    let toInput = node
    let x = value
    return Variable(x.mapped { abs($0) }, from: [toInput]) { gradient in
      toInput?.add((consume gradient).combined(x) { $1 > 0 ? $0 : ($1 < 0 ? -$0 : 0) })
    }
  }

  package func squared() -> Variable {
    let toInput = node
    let x = value
    return Variable(x.mapped { $0 * $0 }, from: [toInput]) { gradient in
      toInput?.add((consume gradient).combined(x) { 2 * $0 * $1 })
    }
  }

  package func squareRoot() -> Variable {
    let y = value.mapped { $0.squareRoot() }
    let toInput = node
    return Variable(y, from: [toInput]) { gradient in
      toInput?.add((consume gradient).combined(y) { 0.5 * $0 / $1 })
    }
  }

  /// The natural logarithm.
  package func logarithm() -> Variable {
    let toInput = node
    let x = value
    return Variable(x.filled(by: pt_log), from: [toInput]) { gradient in
      toInput?.add((consume gradient).combined(x) { $0 / $1 })
    }
  }

  package func exponential() -> Variable {
    let y = value.filled(by: pt_exp)
    let toInput = node
    return Variable(y, from: [toInput]) { gradient in
      toInput?.add((consume gradient).combined(y) { $0 * $1 })
    }
  }

  /// Cut off at the bounds; outside them the gradient is 0.
  package func clamped(to bounds: ClosedRange<Float>) -> Variable {
    let toInput = node
    let x = value
    let (low, high) = (bounds.lowerBound, bounds.upperBound)
    return Variable(x.mapped { $0 < low ? low : ($0 > high ? high : $0) }, from: [toInput]) {
      gradient in
      toInput?.add((consume gradient).combined(x) { $1 < low || $1 > high ? 0 : $0 })
    }
  }

  /// −1 or +1, +1 for 0; the gradient passes as if nothing had happened.
  package func signStraightThrough() -> Variable {
    let toInput = node
    return Variable(value.mapped { $0 >= 0 ? 1 : -1 }, from: [toInput]) { toInput?.add($0) }
  }

  /// −1 or +1, +1 for 0; the true gradient, which is none.
  package func sign() -> Variable {
    Variable(value.mapped { $0 >= 0 ? 1 : -1 })
  }
}
