import VideoIO

/// Decodes from the tokens that are known, beginning one receptive field before the wanted frame.
final class RedrawingJob: SessionJob {
  private let session: Session
  private let codec: any ClipCodec
  private let clip: OpenedClip
  private let wanted: Int
  private let mutes: Mutes
  private let start: Int
  private let end: Int
  private var chunk: Int
  private var decode: ChunkDecoder?
  /// The session's changes of tokens when the decoder started.
  private var changes: Int

  init(
    session: Session, codec: any ClipCodec, clip: OpenedClip, frame: Int, mutes: Mutes, frames: Int
  ) {
    self.session = session
    self.codec = codec
    self.clip = clip
    wanted = frame
    self.mutes = mutes
    start = ChunkSchedule.start(exactFrom: frame, reach: codec.summary.decoderReach)
    end = min(
      ChunkSchedule.chunk(ofFrame: clip.summary.frameCount - 1),
      ChunkSchedule.chunk(ofFrame: frame + frames - 1))
    chunk = start
    changes = session.changes
  }

  var progress: (done: Int, total: Int) { (chunk - start, end - start + 1) }

  func step() throws -> [JobOutcome]? {
    if changes != session.changes {
      // What the decoder remembers is of other tokens.
      (changes, chunk, decode) = (session.changes, start, nil)
    }
    guard chunk <= end, let slices = session.pyramid?.slices(ofChunk: chunk, cold: chunk == start)
    else { return nil }
    let decode = try decode ?? codec.startDecoding(muting: mutes)
    self.decode = decode
    let size = PictureSize(width: clip.summary.width, height: clip.summary.height)
    let frames = try decode(slices, size)
    let first = ChunkSchedule.frames(ofChunk: chunk).upperBound - frames.count + 1
    chunk += 1
    let kept = zip(first..., frames).filter { $0.0 >= wanted && $0.0 < clip.summary.frameCount }
    guard let firstKept = kept.first?.0 else { return [] }
    let psnr = try kept.map { try FrameComparison.psnr(clip.frame($0.0), $0.1) ?? 0 }
    return [.frames(first: firstKept, kept.map(\.1), psnr: psnr, muting: mutes)]
  }
}
