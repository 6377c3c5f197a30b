extension Variable {
  /// The matrix product: [m, k] · [k, n] → [m, n], or for each of b pairs [b, m, k] · [b, k, n].
  ///
  /// A transposed operand is stored with its last two axes exchanged.
  package func product(
    _ other: Variable, transposingSelf: Bool = false, transposingOther: Bool = false
  ) -> Variable {
    let (toLeft, toRight) = (node, other.node)
    let (a, b) = (value, other.value)
    let result = a.product(b, transposingSelf, transposingOther)
    return Variable(result, from: [toLeft, toRight]) { gradient in
      toLeft?.add(
        transposingSelf
          ? b.product(gradient, transposingOther, true)
          : gradient.product(b, false, !transposingOther))
      toRight?.add(
        transposingOther
          ? gradient.product(a, true, transposingSelf)
          : a.product(gradient, !transposingSelf, false))
    }
  }

  /// x · weightᵀ + bias over the last axis, any leading axes: [..., in] → [..., out].
  ///
  /// `weight` is [out, in], `bias` [out].
  package func linear(weight: Variable, bias: Variable? = nil) -> Variable {
    precondition(
      weight.shape.count == 2 && shape.last == weight.shape[1]
        && (bias.map { $0.value.count == weight.shape[0] } ?? true),
      "A weight \(weight.shape) with bias \(bias?.shape ?? []) does not fit \(shape).")
    let (outputs, inputs) = (weight.shape[0], weight.shape[1])
    let rows = value.count / max(inputs, 1)
    if Precision.current == .bfloat16, rows >= 64 {
      // OpenBLAS has no products of bfloat16 numbers that keep up; a 1x1 convolution is one.
      return reshaped([1, 1, 1, rows, inputs])
        .convolution3D(weight: weight.reshaped([outputs, inputs, 1, 1, 1]), bias: bias)
        .reshaped(shape.dropLast() + [outputs])
    }
    let (x, w) = (value, weight.value)
    let (toInput, toWeight, toBias) = (node, weight.node, bias?.node)
    let biasShape = bias?.shape ?? []
    let result = x.linear(w, bias: bias?.value)
    return Variable(result, from: [toInput, toWeight, toBias]) { gradient in
      let g = gradient.reshaped([rows, outputs])
      toBias?.add(g.columnSums(outputs).reshaped(biasShape))
      toWeight?.add(g.product(x.reshaped([rows, inputs]), true, false))
      toInput?.add(g.product(w, false, false).reshaped(x.shape))
    }
  }
}

extension Tensor {
  /// As `Variable.product`.
  func product(_ other: Tensor, _ transposingSelf: Bool, _ transposingOther: Bool) -> Tensor {
    let rank = shape.count
    let (left, right) = (Array(shape.suffix(2)), Array(other.shape.suffix(2)))
    precondition(
      (rank == 2 || rank == 3) && other.shape.count == rank
        && (rank == 2 || shape[0] == other.shape[0])
        && left[transposingSelf ? 0 : 1] == right[transposingOther ? 1 : 0],
      "Cannot multiply \(shape) by \(other.shape), transposed \(transposingSelf), "
        + "\(transposingOther).")
    let m = left[transposingSelf ? 1 : 0]
    let k = left[transposingSelf ? 0 : 1]
    let n = right[transposingOther ? 0 : 1]
    let batch = rank == 3 ? shape[0] : 1
    let result = Tensor(uninitialized: rank == 3 ? [batch, m, n] : [m, n])
    let (a, b, c) = (storage.base, other.storage.base, result.storage.base)
    let multiply: (Int, Bool) -> Void = { item, alone in
      let left = MatrixOperand(base: a + item * m * k, stride: left[1], transposed: transposingSelf)
      let right = MatrixOperand(
        base: b + item * k * n, stride: right[1], transposed: transposingOther)
      if alone {
        MatrixKernels.multiplyAlone(
          left, right, m: m, n: n, k: k, into: c + item * m * n, stride: n)
      } else {
        MatrixKernels.multiply(left, right, m: m, n: n, k: k, into: c + item * m * n, stride: n)
      }
    }
    if batch < Threads.count {
      for item in 0..<batch { multiply(item, false) }
    } else {
      parallelRanges(batch, grain: max(1, (1 << 18) / max(m * n * k, 1))) { range in
        for item in range { multiply(item, true) }
      }
    }
    return result
  }

  /// x · weightᵀ + bias over the last axis.
  func linear(_ weight: Tensor, bias: Tensor?) -> Tensor {
    let (outputs, inputs) = (weight.shape[0], weight.shape[1])
    let rows = count / max(inputs, 1)
    let result = Tensor(uninitialized: shape.dropLast() + [outputs])
    let output = result.storage.base
    if let bias {
      let addend = bias.storage.base
      parallelRanges(rows, grain: max(1, elementGrain / max(outputs, 1))) { range in
        for row in range { (output + row * outputs).update(from: addend, count: outputs) }
      }
    }
    MatrixKernels.multiply(
      MatrixOperand(base: storage.base, stride: inputs),
      MatrixOperand(base: weight.storage.base, stride: inputs, transposed: true), m: rows,
      n: outputs, k: inputs, into: output, stride: outputs, accumulate: bias != nil)
    return result
  }
}
