import VideoIO

/// Tokenizes and reconstructs a clip, beginning one receptive field before the playhead.
///
/// Two passes at most: from there to the end, then from the start to where the first one became
/// exact. Whatever a cold start has touched is dropped, so all that is kept equals what one pass
/// over the whole clip gives.
final class TokenizingJob: SessionJob {
  private struct Pass {
    var chunks: ClosedRange<Int>
    /// The first frame whose tokens no longer depend on the cold start.
    var tokensFrom: Int
    /// The chunk at which the decoder starts, and the first frame that is exact.
    var decodeFrom: Int
    var framesFrom: Int
    var framesBefore: Int
  }

  private let session: Session
  private let codec: any ClipCodec
  private let clip: OpenedClip
  private let caption: String?
  private var passes: [Pass] = []
  private var chunk = 0
  private var encode: ChunkEncoder?
  private var decode: ChunkDecoder?
  private(set) var progress: (done: Int, total: Int) = (0, 0)

  init(
    session: Session, codec: any ClipCodec, clip: OpenedClip, playhead: Int, caption: String?
  ) {
    self.session = session
    self.codec = codec
    self.clip = clip
    self.caption = caption
    let frames = clip.summary.frameCount
    let model = codec.summary
    let last = ChunkSchedule.chunk(ofFrame: frames - 1)
    let start = ChunkSchedule.start(
      exactFrom: playhead,
      reach: model.encoderReach + model.decoderReach + 2 * ChunkSchedule.length)
    if start == 0 {
      passes = [
        Pass(chunks: 0...last, tokensFrom: 0, decodeFrom: 0, framesFrom: 0, framesBefore: frames)
      ]
    } else {
      let tokensFrom = start * ChunkSchedule.length + model.encoderReach
      let decodeFrom = ChunkSchedule.chunk(ofFrame: tokensFrom) + 1
      let framesFrom = decodeFrom * ChunkSchedule.length + model.decoderReach
      passes = [
        Pass(
          chunks: start...last, tokensFrom: tokensFrom, decodeFrom: decodeFrom,
          framesFrom: framesFrom, framesBefore: frames),
        Pass(
          chunks: 0...ChunkSchedule.chunk(ofFrame: min(framesFrom, frames) - 1), tokensFrom: 0,
          decodeFrom: 0, framesFrom: 0, framesBefore: framesFrom),
      ]
    }
    chunk = start
    progress.total = passes.reduce(0) { $0 + $1.chunks.count }
  }

  func step() throws -> [JobOutcome]? {
    guard let pass = passes.first else { return nil }
    let isCold = chunk == pass.chunks.lowerBound
    let range = ChunkSchedule.frames(ofChunk: chunk)
    let frames = try clip.chunk(isCold ? range.upperBound...range.upperBound : range)
    if isCold { encode = try codec.startEncoding(caption: caption) }
    var slices = try encode?(frames) ?? []
    let offset = pass.chunks.lowerBound * ChunkSchedule.length
    for index in slices.indices {
      slices[index].firstStep += offset / codec.summary.strides[slices[index].level - 1].t
    }
    var outcomes: [JobOutcome] = []
    let exact = slices.filter {
      let stride = codec.summary.strides[$0.level - 1]
      return stride.frames(ofStep: $0.firstStep).lowerBound >= pass.tokensFrom
    }
    if !exact.isEmpty {
      session.insert(exact)
      outcomes.append(.tokens(exact))
    }
    if chunk >= pass.decodeFrom, let outcome = try decoded(slices, of: frames, pass: pass) {
      outcomes.append(outcome)
    }
    progress.done += 1
    advance(after: pass)
    return outcomes
  }

  /// The reconstruction of a chunk, as far as it is exact and inside the clip.
  private func decoded(_ slices: [TokenSlice], of originals: [Frame], pass: Pass) throws
    -> JobOutcome?
  {
    let isCold = chunk == pass.decodeFrom
    if isCold { decode = try codec.startDecoding(muting: Mutes()) }
    let size = PictureSize(width: clip.summary.width, height: clip.summary.height)
    let fed = isCold ? slices.map { $0.lastStep() } : slices
    let frames = try decode?(fed, size) ?? []
    let first = ChunkSchedule.frames(ofChunk: chunk).upperBound - frames.count + 1
    var kept: [Frame] = []
    var psnr: [Double] = []
    var firstKept = first
    for (index, frame) in zip(first..., frames)
    where index >= pass.framesFrom && index < pass.framesBefore && index < clip.summary.frameCount {
      if kept.isEmpty { firstKept = index }
      let original = originals[originals.count - frames.count + index - first]
      psnr.append(FrameComparison.psnr(original, frame) ?? 0)
      kept.append(
        Frame(width: frame.width, height: frame.height, pixels: frame.pixels, time: original.time))
    }
    return kept.isEmpty ? nil : .frames(first: firstKept, kept, psnr: psnr, muting: Mutes())
  }

  private func advance(after pass: Pass) {
    guard chunk == pass.chunks.upperBound else {
      chunk += 1
      return
    }
    passes.removeFirst()
    encode = nil
    decode = nil
    chunk = passes.first?.chunks.lowerBound ?? 0
  }
}

extension TokenSlice {
  /// Only the last step, as a cold start is fed.
  func lastStep() -> TokenSlice {
    let size = rows * columns
    guard steps > 1 else { return self }
    return TokenSlice(
      level: level, firstStep: firstStep + steps - 1, rows: rows, columns: columns,
      codes: Array(codes.suffix(size)),
      margins: margins.isEmpty ? [] : Array(margins.suffix(margins.count / steps)))
  }
}
