import CFFmpeg

/// Writes .mp4 (H.264, else MPEG-4 part 2) and .mkv (FFV1, lossless RGB).
final class EncodedVideoWriter: VideoWriter {
  private let file: UnfinishedFile
  private let picture: PictureForEncoder
  private let encoder: Encoder
  private let width: Int
  private let height: Int

  /// For people: small, plays everywhere; odd sides are padded by a repeated line.
  static func mp4(
    path: String, width: Int, height: Int, frameRate: Rational, times: [Double]?
  ) throws -> EncodedVideoWriter {
    let timing = WriterTiming(frameRate: frameRate, times: times, ticksPerSecond: 90_000)
    let picture = try PictureForEncoder(
      width: width, height: height, format: AV_PIX_FMT_YUV420P, paddedToEven: true)
    let settings = EncoderSettings(
      codecs: ["libx264", "mpeg4"], format: AV_PIX_FMT_YUV420P, width: picture.paddedWidth,
      height: picture.paddedHeight, timing: timing,
      options: [
        "libx264": ["crf": "17", "preset": "medium"],
        "mpeg4": ["flags": "+qscale", "global_quality": "236"],
      ], isVideoColour: true)
    return try EncodedVideoWriter(path, width, height, "mp4", picture, settings)
  }

  /// For programs: every pixel comes back, and the same frames give the same bytes.
  static func mkv(
    path: String, width: Int, height: Int, frameRate: Rational, times: [Double]?
  ) throws -> EncodedVideoWriter {
    let timing = WriterTiming(frameRate: frameRate, times: times, ticksPerSecond: 1000)
    let picture = try PictureForEncoder(width: width, height: height, format: AV_PIX_FMT_BGR0)
    let settings = EncoderSettings(
      codecs: ["ffv1"], format: AV_PIX_FMT_BGR0, width: width, height: height, timing: timing,
      // Version 3 cuts pictures into slices, and slices of one pixel do not come back from libav.
      options: ["ffv1": ["level": min(width, height) < 16 ? "1" : "3", "g": "1"]],
      isBitExact: true)
    return try EncodedVideoWriter(path, width, height, "matroska", picture, settings)
  }

  private init(
    _ path: String, _ width: Int, _ height: Int, _ container: String,
    _ picture: PictureForEncoder, _ settings: EncoderSettings
  ) throws {
    self.width = width
    self.height = height
    self.picture = picture
    file = try UnfinishedFile(path: path)
    encoder = try Encoder(
      temporaryPath: file.temporaryPath, container: container, name: path, settings)
  }

  func append(_ frame: Frame) throws {
    frame.requireSize(width, height)
    try encoder.encode(picture.frame(frame.pixels))
  }

  func finish() throws {
    try encoder.finish()
    try file.commit()
  }
}
