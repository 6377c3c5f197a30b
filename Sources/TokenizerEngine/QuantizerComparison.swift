import Evaluation

/// What the sign costs: frames of a clip decoded from codes, and from the values behind the signs.
package struct QuantizerComparison: Sendable, Equatable {
  package let frames: Int
  /// Mean PSNR in dB against the clip.
  package let withCodes: Double
  package let withoutCodes: Double
  /// Whether the decoder saw anything but its codes.
  package let leak: LeakCheck

  /// The first frames that are compared; 4k + 1.
  static let mostFrames = 9

  package var text: String {
    func decibels(_ value: Double) -> String { "\((value * 100).rounded() / 100) dB" }
    return "first \(frames) frame\(frames == 1 ? "" : "s"): \(decibels(withCodes)) from codes, "
      + "\(decibels(withoutCodes)) with the quantizer off"
  }
}
