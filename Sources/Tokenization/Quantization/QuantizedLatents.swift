import Tensors

/// What a quantizer made of the features, levels 1…4.
package struct QuantizedLatents {
  /// Before the sign, [N, t, h, w, B]: the margins that decide the bits.
  package let z: [Variable]
  /// What the decoder sees, [N, t, h, w, B]: ±1, with the gradient of `z`.
  package let codes: [Variable]
  /// Of the gradient that comes back to `z` from the codes, and so from the picture.
  package var meters: [GradientMeter] = []

  /// The codes of one clip of the batch as integers.
  package func grids(clip: Int = 0) -> [TokenGrid] {
    z.enumerated().map { index, level in
      let shape = level.shape
      let size = shape[1...].reduce(1, *)
      let integers = level.value.withUnsafeBuffer { values in
        BinaryCode.integers(
          of: UnsafeBufferPointer(rebasing: values[clip * size..<(clip + 1) * size]),
          bits: shape[4])
      }
      return TokenGrid(level: index + 1, t: shape[1], h: shape[2], w: shape[3], codes: integers)
    }
  }
}
