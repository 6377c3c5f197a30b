import Tensors

/// A clip as the decoder makes it from codes, and from the values behind their signs.
package struct QuantizerCheck {
  /// [1, T, H, W, 3], not clamped.
  package let withCodes: Tensor
  package let withoutCodes: Tensor
  /// What the decoder saw against what the integers stand for, over so many values.
  package let values: Int
  package let largestLeak: Double
}

extension VideoTokenizer {
  /// - Parameter video: [1, T, H, W, 3] in −1…1, padded for the model.
  package func checkQuantizer(_ video: Tensor, caption: String?) throws -> QuantizerCheck {
    let context = try encode(caption: caption)
    let usual = model.forward(video: Variable(video), context: context)
    model.round(.off)
    defer { model.round(.straightThrough) }
    let free = model.forward(video: Variable(video), context: context)
    var (values, largest) = (0, 0.0)
    for (grid, seen) in zip(usual.latents.grids(), usual.latents.codes) {
      let bits = configuration.bits
      seen.value.withUnsafeBuffer { seen in
        for (index, value) in seen.enumerated() {
          let isOne = grid.codes[index / bits] >> UInt32(bits - 1 - index % bits) & 1 == 1
          largest = max(largest, abs(Double(value) - (isOne ? 1 : -1)))
        }
        values += seen.count
      }
    }
    return QuantizerCheck(
      withCodes: usual.reconstruction.value, withoutCodes: free.reconstruction.value,
      values: values, largestLeak: largest)
  }
}
