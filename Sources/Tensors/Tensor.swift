/// An array of 32-bit numbers in row-major order with a shape; a value, copied when written.
///
/// Shape letters: `N` clips, `C` channels, `T H W` pixels, `t h w` a latent grid, `D` width,
/// `B` bits per code, `L` text tokens. Activations are `[N, T, H, W, C]`, channels fastest.
package struct Tensor: Sendable {
  package let shape: [Int]
  package let count: Int
  private(set) var storage: Storage

  /// Holds whatever stood in the memory before: for those who write every element.
  package init(uninitialized shape: [Int]) {
    self.shape = shape
    count = shape.reduce(1, *)
    precondition(shape.allSatisfy { $0 >= 0 }, "A tensor cannot have the shape \(shape).")
    storage = Storage(count: count)
  }

  private init(shape: [Int], count: Int, storage: Storage) {
    self.shape = shape
    self.count = count
    self.storage = storage
  }

  package init(repeating value: Float, shape: [Int]) {
    self.init(uninitialized: shape)
    storage.base.update(repeating: value, count: count)
  }

  package init(zeros shape: [Int]) {
    self.init(repeating: 0, shape: shape)
  }

  package init(_ values: [Float], shape: [Int]) {
    self.init(uninitialized: shape)
    precondition(values.count == count, "\(values.count) values do not fill the shape \(shape).")
    values.withUnsafeBufferPointer { buffer in
      if let source = buffer.baseAddress { storage.base.update(from: source, count: count) }
    }
  }

  /// One number, shape `[]`.
  package init(_ value: Float) {
    self.init(repeating: value, shape: [])
  }

  /// A copy of the numbers, row-major.
  package var values: [Float] {
    withUnsafeBuffer { Array($0) }
  }

  /// The only number of a tensor with one element.
  package var scalar: Float {
    precondition(count == 1, "A tensor of shape \(shape) is not one number.")
    return storage.base[0]
  }

  /// The bytes that the numbers take.
  package var byteCount: Int { count * 4 }

  package func withUnsafeBuffer<R>(
    _ body: (UnsafeBufferPointer<Float>) throws -> R
  ) rethrows -> R {
    try withExtendedLifetime(storage) {
      try body(UnsafeBufferPointer(start: storage.base, count: count))
    }
  }

  /// Copies first where another tensor shares the memory.
  package mutating func withUnsafeMutableBuffer<R>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> R
  ) rethrows -> R {
    if isKnownUniquelyReferenced(&storage) {
      storage.dropPackedForms()
    } else {
      let copy = Storage(count: count)
      copy.base.update(from: storage.base, count: count)
      storage = copy
    }
    return try withExtendedLifetime(storage) {
      try body(UnsafeMutableBufferPointer(start: storage.base, count: count))
    }
  }

  /// Whether nobody else shares the memory, so that writing needs no copy.
  mutating func ownsItsMemory() -> Bool {
    isKnownUniquelyReferenced(&storage)
  }

  /// The same numbers in another shape, sharing the memory.
  package func reshaped(_ shape: [Int]) -> Tensor {
    precondition(
      shape.reduce(1, *) == count, "Cannot view the shape \(self.shape) as \(shape).")
    return Tensor(shape: shape, count: count, storage: storage)
  }

  package subscript(indices: Int...) -> Float {
    get { storage.base[offset(indices)] }
    set {
      let offset = offset(indices)
      withUnsafeMutableBuffer { $0[offset] = newValue }
    }
  }

  private func offset(_ indices: [Int]) -> Int {
    precondition(
      indices.count == shape.count && zip(indices, shape).allSatisfy { $0 >= 0 && $0 < $1 },
      "No element \(indices) in the shape \(shape).")
    return zip(indices, shape).reduce(0) { $0 * $1.1 + $1.0 }
  }
}
