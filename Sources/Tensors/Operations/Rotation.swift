import Glibc

/// Cosines and sines by which each row's pairs of channels are turned, the same for every head.
package struct RotationTable: Sendable {
  // [rows, pairs] each
  fileprivate let cosines: Tensor
  fileprivate let sines: Tensor
  package let rows: Int
  package let pairs: Int

  /// - Parameter angles: [rows · pairs], radians.
  package init(angles: [Float], pairs: Int) {
    precondition(
      pairs > 0 && angles.count.isMultiple(of: pairs),
      "\(angles.count) angles are no rows of \(pairs).")
    rows = angles.count / pairs
    self.pairs = pairs
    cosines = Tensor(angles.map { cosf($0) }, shape: [rows, pairs])
    sines = Tensor(angles.map { sinf($0) }, shape: [rows, pairs])
  }
}

extension Variable {
  /// Each row [R, D] with every pair of channels turned by its angle, so that products of two rows
  /// depend on the difference of their angles (Su et al., arXiv 2104.09864).
  ///
  /// Each head has 2 · pairs neighbouring channels; channel i is turned with channel i + pairs.
  package func rotated(by table: RotationTable) -> Variable {
    precondition(
      shape.count == 2 && shape[0] == table.rows && shape[1] % (2 * table.pairs) == 0,
      "Rows \(shape) cannot be turned by \(table.rows) rows of \(table.pairs) angles.")
    let toInput = node
    return Variable(value.rotated(by: table, sign: 1), from: [toInput]) { gradient in
      toInput?.add(gradient.rotated(by: table, sign: -1))
    }
  }

  /// These rows [R, D] with `other` [count, D] added to the rows with these indices, each once.
  package func adding(_ other: Variable, toRows indices: [Int]) -> Variable {
    precondition(
      shape.count == 2 && other.shape == [indices.count, shape[1]],
      "\(other.shape) cannot be added to \(indices.count) rows of \(shape).")
    let (toInput, toOther) = (node, other.node)
    let width = shape[1]
    let result = Tensor(uninitialized: shape)
    let (target, source) = (result.storage.base, other.value.storage.base)
    target.update(from: value.storage.base, count: value.count)
    for (row, index) in indices.enumerated() {
      for column in 0..<width { target[index * width + column] += source[row * width + column] }
    }
    return Variable(result, from: [toInput, toOther]) { gradient in
      if let toOther {
        let part = Tensor(uninitialized: [indices.count, width])
        for (row, index) in indices.enumerated() {
          (part.storage.base + row * width).update(
            from: gradient.storage.base + index * width, count: width)
        }
        toOther.add(part)
      }
      toInput?.add(gradient)
    }
  }
}

extension Tensor {
  fileprivate func rotated(by table: RotationTable, sign: Float) -> Tensor {
    let (width, pairs) = (shape[1], table.pairs)
    let result = Tensor(uninitialized: shape)
    let (input, output) = (storage.base, result.storage.base)
    let (cosines, sines) = (table.cosines.storage.base, table.sines.storage.base)
    parallelRanges(table.rows, grain: max(1, elementGrain / width)) { range in
      for row in range {
        let (c, s) = (cosines + row * pairs, sines + row * pairs)
        for head in stride(from: row * width, to: (row + 1) * width, by: 2 * pairs) {
          for pair in 0..<pairs {
            let (x, y) = (input[head + pair], input[head + pairs + pair])
            output[head + pair] = x * c[pair] - y * s[pair] * sign
            output[head + pairs + pair] = x * s[pair] * sign + y * c[pair]
          }
        }
      }
    }
    return result
  }
}
