import CKernels

extension Variable {
  /// exp(x) / Σ exp(x) over the last axis.
  package func softmax() -> Variable {
    let width = shape.last ?? 1
    let y = value.rowsFilled { pt_softmax($0, nil, $1, $2, width, 1) }
    let toInput = node
    return Variable(y, from: [toInput]) { gradient in
      toInput?.add(
        y.rowsFilled(with: gradient) { pt_softmax_backward($0, $1, $2, $3, width, 1) })
    }
  }

  /// x − ln Σ exp(x) over the last axis.
  package func logSoftmax() -> Variable {
    let width = shape.last ?? 1
    let y = value.rowsFilled { pt_log_softmax($0, $1, $2, width) }
    let toInput = node
    return Variable(y, from: [toInput]) { gradient in
      toInput?.add(
        y.rowsFilled(with: gradient) { pt_log_softmax_backward($0, $1, $2, $3, width) })
    }
  }
}

extension Tensor {
  /// What `kernel(input, output, rows)` makes of the rows of the last axis.
  fileprivate func rowsFilled(
    by kernel: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  ) -> Tensor {
    let width = shape.last ?? 1
    let result = Tensor(uninitialized: shape)
    let (input, output) = (storage.base, result.storage.base)
    parallelRanges(count / max(width, 1), grain: max(1, elementGrain / 8 / max(width, 1))) {
      let start = $0.lowerBound * width
      kernel(input + start, output + start, $0.count)
    }
    return result
  }

  /// What `kernel(input, other, output, rows)` makes of the rows of the last axis.
  fileprivate func rowsFilled(
    with other: Tensor,
    by kernel: (
      UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int
    ) -> Void
  ) -> Tensor {
    let width = shape.last ?? 1
    let result = Tensor(uninitialized: shape)
    let (input, second, output) = (storage.base, other.storage.base, result.storage.base)
    parallelRanges(count / max(width, 1), grain: max(1, elementGrain / 8 / max(width, 1))) {
      let start = $0.lowerBound * width
      kernel(input + start, second + start, output + start, $0.count)
    }
    return result
  }
}
