import CKernels

extension Variable {
  /// ln Σ exp(x) over the last axis, which disappears.
  package func logSumExp() -> Variable {
    let width = shape.last ?? 1
    let logarithms = value.logSoftmaxRows()
    let rows = value.count / max(width, 1)
    let result = Tensor(uninitialized: shape.dropLast())
    let (x, y) = (value.storage.base, logarithms.storage.base)
    for row in 0..<rows {
      // x − ln softmax(x) is the same everywhere, and most exact at the largest x.
      var top = row * width
      for index in row * width..<(row + 1) * width where x[index] > x[top] { top = index }
      result.storage.base[row] = x[top] - y[top]
    }
    let toInput = node
    return Variable(result, from: [toInput]) { gradient in
      let softmax = logarithms.filled(by: pt_exp)
      let (scale, target) = (gradient.storage.base, softmax.storage.base)
      parallelRanges(rows, grain: max(1, elementGrain / max(width, 1))) { range in
        for row in range {
          for column in row * width..<(row + 1) * width { target[column] *= scale[row] }
        }
      }
      withExtendedLifetime(gradient) {}
      toInput?.add(softmax)
    }
  }

  /// The mean over the rows [rows, K] of −ln softmax(row) at the row's target.
  package func crossEntropy(targets: [Int]) -> Variable {
    let (rows, width) = (shape[0], shape[1])
    precondition(
      shape.count == 2 && targets.count == rows && targets.allSatisfy { $0 >= 0 && $0 < width },
      "\(targets.count) targets do not fit the rows of \(shape).")
    let logarithms = value.logSoftmaxRows()
    let sum = targets.enumerated().reduce(0.0) {
      $0 - Double(logarithms.storage.base[$1.offset * width + $1.element])
    }
    let toInput = node
    return Variable(Tensor(Float(sum / Double(max(rows, 1)))), from: [toInput]) { gradient in
      let scale = gradient.scalar / Float(max(rows, 1))
      let result = logarithms.filled(by: pt_exp).mapped { $0 * scale }
      for (row, target) in targets.enumerated() {
        result.storage.base[row * width + target] -= scale
      }
      toInput?.add(result)
    }
  }
}

extension Tensor {
  fileprivate func logSoftmaxRows() -> Tensor {
    let width = shape.last ?? 1
    let result = Tensor(uninitialized: shape)
    let (input, output) = (storage.base, result.storage.base)
    parallelRanges(count / max(width, 1), grain: max(1, elementGrain / 8 / max(width, 1))) {
      let start = $0.lowerBound * width
      pt_log_softmax(input + start, output + start, $0.count, width)
    }
    return result
  }
}
