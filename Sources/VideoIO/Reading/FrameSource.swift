import CFFmpeg

/// Gives decoded frames by number: a stream of a file, or a folder of pictures.
protocol FrameSource: AnyObject {
  /// Decodes exactly this frame; `passing` sees the earlier frames that were decoded on the way.
  func decodedFrame(
    at index: Int, passing: (Int, DecodedFrame) throws -> Void
  ) throws -> DecodedFrame
}

/// What a source knows about its clip before pixels are converted.
struct SourceDescription {
  var container: String
  var codec: String
  var stream: Int
  var timing: ClipTiming
  var firstFrame: DecodedFrame
  var orientation: Orientation
  /// Width over height of one stored pixel.
  var aspect: Rational
  var isInterlaced: Bool
  var notices: [String]
}

extension DecodedFrame {
  /// What the container says about the shape of a pixel, else the frame; square if that is absurd.
  func aspect(container: AVRational) -> Rational {
    let own = pointer.pointee.sample_aspect_ratio
    let claimed = container.num > 0 ? container : own
    let ratio = Rational(Int(claimed.num), Int(claimed.den))
    guard ratio.isPositive, (0.05...20).contains(ratio.value),
      Double(width * height) * ratio.value <= Double(FrameDecoder.maximumPixels)
    else { return Rational(1) }
    return ratio
  }
}
