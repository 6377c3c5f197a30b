extension Variable {
  /// The same numbers in another shape.
  package func reshaped(_ shape: [Int]) -> Variable {
    let toInput = node
    let inputShape = self.shape
    return Variable(value.reshaped(shape), from: [toInput]) { gradient in
      toInput?.add(gradient.reshaped(inputShape))
    }
  }

  /// Axis `i` of the result is axis `axes[i]` of this value.
  package func permuted(_ axes: [Int]) -> Variable {
    let toInput = node
    return Variable(value.permuted(axes), from: [toInput]) { gradient in
      let inverse = axes.indices.map { axis in axes.firstIndex(of: axis) ?? axis }
      toInput?.add(gradient.permuted(inverse))
    }
  }

  /// This value followed by the others along one axis.
  package func concatenated(with others: [Variable], along axis: Int) -> Variable {
    Variable.concatenated([self] + others, along: axis)
  }

  /// The parts one after the other along one axis.
  package static func concatenated(_ parts: [Variable], along axis: Int) -> Variable {
    let nodes = parts.map(\.node)
    let lengths = parts.map { $0.shape[axis] }
    let joined = Tensor.concatenated(parts.map(\.value), along: axis)
    return Variable(joined, from: nodes) { gradient in
      var start = 0
      for (node, length) in zip(nodes, lengths) {
        node?.add(gradient.sliced(axis, start..<start + length))
        start += length
      }
    }
  }

  /// The part of one axis that lies in `range`.
  package func sliced(_ axis: Int, _ range: Range<Int>) -> Variable {
    let toInput = node
    let inputShape = shape
    return Variable(value.sliced(axis, range), from: [toInput]) { gradient in
      toInput?.add(gradient.placed(axis, at: range.lowerBound, in: inputShape))
    }
  }

  /// Rows of this table [rows, D], one per index: [indices.count, D].
  package func gatheredRows(_ indices: [Int]) -> Variable {
    precondition(shape.count == 2, "Rows are taken from a table [rows, D], not \(shape).")
    let (rows, width) = (shape[0], shape[1])
    precondition(
      indices.allSatisfy { $0 >= 0 && $0 < rows }, "A row outside 0..<\(rows) was asked for.")
    let toInput = node
    let result = Tensor(uninitialized: [indices.count, width])
    for (row, index) in indices.enumerated() {
      (result.storage.base + row * width).update(
        from: value.storage.base + index * width, count: width)
    }
    return Variable(result, from: [toInput]) { gradient in
      let table = Tensor(zeros: [rows, width])
      for (row, index) in indices.enumerated() {
        let (target, source) = (
          table.storage.base + index * width, gradient.storage.base + row * width
        )
        for column in 0..<width { target[column] += source[column] }
      }
      withExtendedLifetime(gradient) {}
      toInput?.add(table)
    }
  }
}
