import VideoIO

/// Tokenizes and reconstructs what is missing of a clip, beginning one receptive field before the
/// playhead.
///
/// All that is kept equals what one pass over the whole clip gives.
final class TokenizingJob: SessionJob {
  private let session: Session
  private let codec: any ClipCodec
  private let clip: OpenedClip
  private let caption: String?
  private var passes: [TokenizingPlan.Pass]
  private var chunk: Int
  private var encode: ChunkEncoder?
  private var decode: ChunkDecoder?
  private(set) var progress: (done: Int, total: Int)

  init(
    session: Session, codec: any ClipCodec, clip: OpenedClip, caption: String?,
    passes: [TokenizingPlan.Pass]
  ) {
    self.session = session
    self.codec = codec
    self.clip = clip
    self.caption = caption
    self.passes = passes
    chunk = passes.first?.chunks.lowerBound ?? 0
    progress = (0, passes.reduce(0) { $0 + $1.chunks.count })
  }

  func step() throws -> [JobOutcome]? {
    guard let pass = passes.first else { return nil }
    var outcomes: [JobOutcome] = []
    if let encoded = pass.encoded, encoded.contains(chunk) {
      let slices = try slices(encoded: encoded, exactFrom: pass.tokensFrom)
      if !slices.isEmpty {
        session.insert(slices)
        outcomes.append(.tokens(slices))
      }
    }
    if let first = pass.decodeFrom, chunk >= first,
      let outcome = try decoded(isCold: chunk == first, kept: pass.frames)
    {
      outcomes.append(outcome)
    }
    progress.done += 1
    advance(after: pass)
    return outcomes
  }

  /// The chunk's tokens, as far as they do not see the cold start.
  private func slices(encoded: ClosedRange<Int>, exactFrom: Int) throws -> [TokenSlice] {
    let isCold = chunk == encoded.lowerBound
    if isCold { encode = try codec.startEncoding(caption: caption) }
    let range = ChunkSchedule.frames(ofChunk: chunk)
    let frames = try clip.chunk(isCold ? range.upperBound...range.upperBound : range)
    let skipped = encoded.lowerBound * ChunkSchedule.length
    return try (encode?(frames) ?? []).flatMap(\.singleSteps).compactMap { slice in
      var slice = slice
      let stride = codec.summary.strides[slice.level - 1]
      slice.firstStep += skipped / stride.t
      return stride.frames(ofStep: slice.firstStep).lowerBound >= exactFrom ? slice : nil
    }
  }

  /// The reconstruction of a chunk, as far as it is wanted and inside the clip.
  private func decoded(isCold: Bool, kept: Range<Int>) throws -> JobOutcome? {
    if isCold { decode = try codec.startDecoding(muting: Mutes()) }
    guard let slices = session.pyramid?.slices(ofChunk: chunk, cold: isCold) else {
      preconditionFailure("Chunk \(chunk) is decoded before all its tokens are known.")
    }
    let size = PictureSize(width: clip.summary.width, height: clip.summary.height)
    let decoded = try decode?(slices, size) ?? []
    let first = ChunkSchedule.frames(ofChunk: chunk).upperBound - decoded.count + 1
    var frames: [Frame] = []
    var psnr: [Double] = []
    var firstKept = first
    for (index, frame) in zip(first..., decoded)
    where kept.contains(index) && index < clip.summary.frameCount {
      if frames.isEmpty { firstKept = index }
      let original = try clip.frame(index)
      psnr.append(FrameComparison.psnr(original, frame) ?? 0)
      frames.append(
        Frame(width: frame.width, height: frame.height, pixels: frame.pixels, time: original.time))
    }
    guard !frames.isEmpty else { return nil }
    session.noteReconstruction(of: firstKept..<firstKept + frames.count)
    return .frames(first: firstKept, frames, psnr: psnr, muting: Mutes())
  }

  private func advance(after pass: TokenizingPlan.Pass) {
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
