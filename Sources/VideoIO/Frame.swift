/// One picture of a clip, in display form.
package struct Frame: Sendable, Equatable {
  package let width: Int
  package let height: Int
  /// RGB, 8 bits each, row by row: `height · width · 3` bytes.
  package var pixels: [UInt8]
  /// Seconds since the clip's first frame.
  package let time: Double

  package init(width: Int, height: Int, pixels: [UInt8], time: Double) {
    precondition(
      pixels.count == width * height * 3,
      "A \(width)x\(height) frame takes \(width * height * 3) bytes, not \(pixels.count).")
    self.width = width
    self.height = height
    self.pixels = pixels
    self.time = time
  }
}
