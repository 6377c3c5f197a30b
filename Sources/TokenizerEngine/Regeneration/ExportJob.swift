import Tokenization
import VideoIO

/// Writes a clip chunk by chunk, so that others get their turn and stopping leaves nothing behind.
final class ExportJob: SessionJob {
  private let decoding: RegenerationDecoding
  private let writer: any VideoWriter
  private var isFinished = false

  init(_ clip: RegeneratedClip, codec: any ClipCodec, path: String) throws {
    let tokens = clip.after
    decoding = RegenerationDecoding(
      tokens, of: clip.before, open: clip.open, region: clip.region, isWhole: true, codec: codec)
    writer = try makeWriter(
      path: path, width: tokens.width, height: tokens.height,
      frameRate: Rational(tokens.frameRate.numerator, tokens.frameRate.denominator),
      times: tokens.times)
  }

  var progress: (done: Int, total: Int) { decoding.progress }

  func step() throws -> [JobOutcome]? {
    guard !isFinished else { return nil }
    if let (_, frames) = try decoding.step() {
      for frame in frames { try writer.append(frame) }
    } else {
      try writer.finish()
      isFinished = true
    }
    return []
  }
}
