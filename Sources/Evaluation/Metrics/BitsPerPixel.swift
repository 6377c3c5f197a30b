/// The size of a clip's tokens: bits × all stored tokens ÷ (frames × width × height) as shown,
/// before any padding.
package func bitsPerPixel(
  bits: Int, tokens: Int, frames: Int, width: Int, height: Int
) -> Double {
  precondition(
    frames > 0 && width > 0 && height > 0, "\(frames) frames of \(width)x\(height) have no pixels.")
  return Double(bits * tokens) / Double(frames * width * height)
}
