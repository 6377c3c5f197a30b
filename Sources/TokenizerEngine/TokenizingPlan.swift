/// In which order a clip's chunks are encoded and decoded, so that what the playhead shows comes
/// first and whatever a cold start has touched is dropped.
struct TokenizingPlan {
  /// One walk through a stretch of chunks.
  struct Pass: Equatable {
    var chunks: ClosedRange<Int>
    /// Those that are encoded, beginning with a cold start.
    var encoded: ClosedRange<Int>?
    /// The first frame whose tokens do not depend on the encoder's cold start.
    var tokensFrom = 0
    /// The chunk at which the decoder starts, or nil where nothing is decoded.
    var decodeFrom: Int?
    /// The frames that are handed out: exact, and of this pass.
    var frames = 0..<0
  }

  let frameCount: Int
  let encoderReach: Int
  let decoderReach: Int
  /// Whether all tokens of a chunk are known.
  let isKnown: (Int) -> Bool
  /// Whether all frames of a chunk were reconstructed, too.
  let isDone: (Int) -> Bool

  private var lastChunk: Int { ChunkSchedule.chunk(ofFrame: frameCount - 1) }

  /// All that is missing: from the playhead to the end of its gap, then before it, then the other
  /// gaps, the later ones first.
  func passes(playhead: Int) -> [Pass] {
    let here = ChunkSchedule.chunk(ofFrame: playhead)
    let gaps = gaps()
    let ordered =
      gaps.filter { $0.upperBound >= here } + gaps.filter { $0.upperBound < here }
    return ordered.flatMap { passes(filling: $0, playhead: playhead) }
  }

  /// Encodes around a frame, for the values before the sign alone.
  func encoding(around frame: Int) -> Pass {
    let first = ChunkSchedule.start(exactFrom: frame, reach: encoderReach)
    let last = min(lastChunk, ChunkSchedule.chunk(ofFrame: frame) + 12)
    return Pass(chunks: first...last, encoded: first...last, tokensFrom: exactTokens(from: first))
  }

  /// Runs of chunks that are not done, each so far from the one before it that its decoder can start
  /// among tokens that are known.
  private func gaps() -> [ClosedRange<Int>] {
    var gaps: [ClosedRange<Int>] = []
    for chunk in 0...lastChunk where !isDone(chunk) {
      if let last = gaps.last, chunk - last.upperBound <= decoderReach / ChunkSchedule.length + 3 {
        gaps[gaps.count - 1] = last.lowerBound...chunk
      } else {
        gaps.append(chunk...chunk)
      }
    }
    return gaps
  }

  private func passes(filling gap: ClosedRange<Int>, playhead: Int) -> [Pass] {
    let start = ChunkSchedule.start(
      exactFrom: playhead, reach: encoderReach + decoderReach + 2 * ChunkSchedule.length)
    guard gap.contains(ChunkSchedule.chunk(ofFrame: playhead)), start > gap.lowerBound else {
      return [filling(gap, tokensBefore: Int.max, framesBefore: Int.max)]
    }
    let tokensFrom = exactTokens(from: start)
    let decodeFrom = ChunkSchedule.chunk(ofFrame: tokensFrom) + 1
    let framesFrom = decodeFrom * ChunkSchedule.length + decoderReach
    let end = ChunkSchedule.frames(ofChunk: gap.upperBound).upperBound + 1
    let first = Pass(
      chunks: start...gap.upperBound, encoded: start...gap.upperBound, tokensFrom: tokensFrom,
      decodeFrom: decodeFrom, frames: framesFrom..<max(framesFrom, end))
    let before = gap.lowerBound...ChunkSchedule.chunk(ofFrame: framesFrom - 1)
    return [first, filling(before, tokensBefore: tokensFrom, framesBefore: framesFrom)]
  }

  /// Encodes what is unknown of a gap and decodes all of it.
  private func filling(
    _ gap: ClosedRange<Int>, tokensBefore: Int, framesBefore: Int
  ) -> Pass {
    let first = ChunkSchedule.frames(ofChunk: gap.lowerBound).lowerBound
    let last = ChunkSchedule.frames(ofChunk: gap.upperBound).upperBound
    let decodeFrom = ChunkSchedule.start(exactFrom: first, reach: decoderReach)
    var pass = Pass(
      chunks: decodeFrom...gap.upperBound, decodeFrom: decodeFrom,
      frames: first..<min(last + 1, framesBefore))
    let unknown = gap.filter {
      ChunkSchedule.frames(ofChunk: $0).lowerBound < tokensBefore && !isKnown($0)
    }
    if let low = unknown.first, let high = unknown.last {
      let frame = ChunkSchedule.frames(ofChunk: low).lowerBound
      let start = ChunkSchedule.start(exactFrom: frame, reach: encoderReach)
      pass.encoded = start...high
      pass.tokensFrom = exactTokens(from: start)
      pass.chunks = min(start, decodeFrom)...gap.upperBound
    }
    return pass
  }

  /// The first frame that does not see that the encoder started at a chunk.
  private func exactTokens(from chunk: Int) -> Int {
    chunk == 0 ? 0 : chunk * ChunkSchedule.length + encoderReach
  }
}
