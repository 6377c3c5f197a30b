extension Variable {
  /// The sum of all elements, shape [].
  package func sum() -> Variable {
    let toInput = node
    let inputShape = shape
    return Variable(Tensor(value.sum()), from: [toInput]) { gradient in
      toInput?.add(Tensor(repeating: gradient.scalar, shape: inputShape))
    }
  }

  /// The mean of all elements, shape [].
  package func mean() -> Variable {
    sum().scaled(by: 1 / Float(max(value.count, 1)))
  }

  /// The sum over some axes, which disappear.
  package func sum(_ axes: [Int]) -> Variable {
    let rank = shape.count
    precondition(
      axes.allSatisfy { $0 >= 0 && $0 < rank } && Set(axes).count == axes.count,
      "Cannot sum over the axes \(axes) of \(shape).")
    let kept = (0..<rank).filter { !axes.contains($0) }
    let order = kept + axes.sorted()
    let keptShape = kept.map { shape[$0] }
    let width = axes.reduce(1) { $0 * shape[$1] }
    // [kept…, summed…]; a no-op when the axes are the last ones already.
    let rows = order == Array(0..<rank) ? self : permuted(order)
    return rows.reshaped([keptShape.reduce(1, *), width]).rowSums().reshaped(keptShape)
  }

  /// The mean over some axes, which disappear.
  package func mean(_ axes: [Int]) -> Variable {
    sum(axes).scaled(by: 1 / Float(max(axes.reduce(1) { $0 * shape[$1] }, 1)))
  }

  /// Sums each row: [rows, width] → [rows].
  private func rowSums() -> Variable {
    let (rows, width) = (shape[0], shape[1])
    let toInput = node
    let result = Tensor(uninitialized: [rows])
    let (input, output) = (value.storage.base, result.storage.base)
    let grain = max(1, elementGrain / max(width, 1))
    parallelRanges(rows, grain: grain) { range in
      for row in range { output[row] = sumOfRange(input, row * width..<(row + 1) * width) }
    }
    return Variable(result, from: [toInput]) { gradient in
      let spread = Tensor(uninitialized: [rows, width])
      let (source, target) = (gradient.storage.base, spread.storage.base)
      parallelRanges(rows, grain: grain) { range in
        for row in range { (target + row * width).update(repeating: source[row], count: width) }
      }
      withExtendedLifetime(gradient) {}
      toInput?.add(spread)
    }
  }
}
