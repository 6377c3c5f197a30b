/// Copies that move numbers without changing them.
extension Tensor {
  /// Axis `i` of the result is axis `axes[i]` of this tensor.
  package func permuted(_ axes: [Int]) -> Tensor {
    precondition(
      axes.sorted() == Array(0..<shape.count), "\(axes) is no order of the axes of \(shape).")
    let result = Tensor(uninitialized: axes.map { shape[$0] })
    if count == 0 { return result }
    // Axes that stay together at the end are copied as one run.
    var kept = shape.count
    while kept > 0 && axes[kept - 1] == kept - 1 { kept -= 1 }
    let run = shape[kept...].reduce(1, *)
    let sourceStrides = Tensor.strides(of: shape)
    let extents = Array(result.shape[..<kept])
    let strides = axes[..<kept].map { sourceStrides[$0] }
    let (input, output) = (storage.base, result.storage.base)
    let runs = count / run
    parallelRanges(runs, grain: max(1, elementGrain / 4 / run)) { range in
      var walker = StridedWalker(extents: extents, strides: strides, start: range.lowerBound)
      for index in range {
        if run == 1 {
          output[index] = input[walker.offset]
        } else {
          (output + index * run).update(from: input + walker.offset, count: run)
        }
        walker.advance()
      }
    }
    return result
  }

  /// The parts one after the other along one axis.
  package static func concatenated(_ parts: [Tensor], along axis: Int) -> Tensor {
    guard let first = parts.first else { preconditionFailure("Nothing to concatenate.") }
    var shape = first.shape
    shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
    let result = Tensor(uninitialized: shape)
    let outer = shape[..<axis].reduce(1, *)
    let rowLength = shape[axis...].reduce(1, *)
    var start = 0
    for part in parts {
      var expected = shape
      expected[axis] = part.shape[axis]
      precondition(
        part.shape == expected, "Cannot join \(part.shape) to \(first.shape) along axis \(axis).")
      let length = part.shape[axis...].reduce(1, *)
      for row in 0..<outer {
        (result.storage.base + row * rowLength + start).update(
          from: part.storage.base + row * length, count: length)
      }
      start += length
    }
    return result
  }

  /// The part of one axis that lies in `range`.
  package func sliced(_ axis: Int, _ range: Range<Int>) -> Tensor {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "Cannot take \(range) of axis \(axis) of \(shape).")
    if range.count == shape[axis] { return self }
    var resultShape = shape
    resultShape[axis] = range.count
    let result = Tensor(uninitialized: resultShape)
    let inner = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    let (length, rowLength) = (range.count * inner, shape[axis] * inner)
    for row in 0..<outer {
      (result.storage.base + row * length).update(
        from: storage.base + row * rowLength + range.lowerBound * inner, count: length)
    }
    return result
  }

  /// Zeros of `shape` with this tensor from `start` on along one axis.
  func placed(_ axis: Int, at start: Int, in shape: [Int]) -> Tensor {
    if shape == self.shape { return self }
    let result = Tensor(zeros: shape)
    let inner = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    let (length, rowLength) = (self.shape[axis] * inner, shape[axis] * inner)
    for row in 0..<outer {
      (result.storage.base + row * rowLength + start * inner).update(
        from: storage.base + row * length, count: length)
    }
    return result
  }

  static func strides(of shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    return strides
  }
}

/// Steps through the elements of an array with any strides in row-major order.
private struct StridedWalker {
  private let extents: [Int]
  private let strides: [Int]
  private var position: [Int]
  private(set) var offset = 0

  init(extents: [Int], strides: [Int], start: Int) {
    self.extents = extents
    self.strides = strides
    position = extents
    var rest = start
    for axis in extents.indices.reversed() {
      position[axis] = rest % extents[axis]
      rest /= extents[axis]
      offset += position[axis] * strides[axis]
    }
  }

  mutating func advance() {
    for axis in extents.indices.reversed() {
      position[axis] += 1
      offset += strides[axis]
      if position[axis] < extents[axis] { return }
      offset -= extents[axis] * strides[axis]
      position[axis] = 0
    }
  }
}
