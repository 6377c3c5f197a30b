extension StoredTensor {
  /// Written as F32, F16 or BF16.
  package init(_ tensor: Tensor, as type: ElementType = .float32) {
    self.init(tensor.values, shape: tensor.shape, as: type)
  }

  /// The numbers of a floating-point tensor; nil for every other type.
  package var tensor: Tensor? {
    floats.map { Tensor($0, shape: shape) }
  }
}
