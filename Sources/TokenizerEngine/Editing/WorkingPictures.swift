import VideoIO

/// Which pictures of the working tokens are out of date, and what makes them anew quickly: the
/// decoder as it stood before each chunk.
///
/// All frames that are handed out equal those of one decode of the whole clip.
final class WorkingPictures {
  /// A decoder that is about to take a chunk.
  private struct Walk {
    var chunk: Int
    var decoder: ChunkDecoder
    /// Whether it has seen nothing yet, in the middle of the clip.
    var isCold: Bool
    /// Frames before this one do not come out as they should.
    var exactFrom: Int

    var isExact: Bool { ChunkSchedule.frames(ofChunk: chunk).lowerBound >= exactFrom }
  }

  /// Not all tokens are known on the way to a chunk.
  struct Gap: Error {}

  private let codec: any ClipCodec
  private let clip: OpenedClip
  private let limit: Int
  /// Before each chunk; what follows from them is exact.
  private var states: [Int: ChunkDecoder] = [:]
  private var walk: Walk?
  private var originals: [Int: Frame] = [:]
  /// Chunks whose frames have to be decoded again.
  private(set) var stale: Set<Int> = []

  static let usualLimit = 192 << 20

  /// - Parameter limit: the bytes that states may take.
  init(codec: any ClipCodec, clip: OpenedClip, limit: Int = usualLimit) {
    self.codec = codec
    self.clip = clip
    self.limit = limit
  }

  private var lastFrame: Int { clip.summary.frameCount - 1 }
  private var lastChunk: Int { ChunkSchedule.chunk(ofFrame: lastFrame) }

  /// Tokens have changed that these frames, from the first token's own on, depend on.
  func invalidate(_ frames: Range<Int>) {
    let first = ChunkSchedule.chunk(ofFrame: frames.lowerBound)
    let last = ChunkSchedule.chunk(ofFrame: frames.upperBound - 1)
    states = states.filter { !(first + 1...max(first + 1, last)).contains($0.key) }
    walk = nil
    guard first <= lastChunk else { return }
    stale.formUnion(first...min(last, lastChunk))
  }

  func isStale(frame: Int) -> Bool { stale.contains(ChunkSchedule.chunk(ofFrame: frame)) }

  func hasState(before chunk: Int) -> Bool { chunk == 0 || states[chunk] != nil }

  /// The stale chunk that is most urgent: the shown one, those behind it, those before it.
  func next(playhead: Int) -> Int? {
    let shown = ChunkSchedule.chunk(ofFrame: playhead)
    if stale.contains(shown) { return shown }
    return stale.filter { $0 > shown }.min() ?? stale.min()
  }

  /// A decoder that stands before a chunk, as if all before it had been decoded; nil while the way
  /// there is longer than one chunk, which is gone now.
  func decoder(
    before chunk: Int, of pyramid: TokenPyramid, playhead: Int
  ) throws -> (decoder: ChunkDecoder?, passed: JobOutcome?) {
    var walk = try start(towards: chunk)
    if walk.chunk == chunk, walk.isExact { return (walk.decoder.copy(), nil) }
    let passed = try advance(&walk, of: pyramid, playhead: playhead)
    return (nil, passed)
  }

  /// One chunk nearer to a stale one, or that one itself; its frames, if they are wanted.
  func step(
    towards chunk: Int, of pyramid: TokenPyramid, playhead: Int
  ) throws -> JobOutcome? {
    var walk = try start(towards: chunk)
    return try advance(&walk, of: pyramid, playhead: playhead)
  }

  /// Gives a chunk up whose tokens are not all there.
  func forget(_ chunk: Int) { stale.remove(chunk) }

  private func start(towards chunk: Int) throws -> Walk {
    let wanted = ChunkSchedule.frames(ofChunk: chunk).lowerBound
    let cold = ChunkSchedule.start(exactFrom: wanted, reach: codec.summary.decoderReach)
    let known = states.keys.filter { $0 <= chunk }.max()
    if let walk, walk.chunk <= chunk, walk.chunk > (known ?? -1), walk.chunk >= cold,
      walk.exactFrom <= wanted
    {
      return walk
    }
    if let known, known >= cold, let state = states[known] {
      return Walk(chunk: known, decoder: state.copy(), isCold: false, exactFrom: 0)
    }
    return Walk(
      chunk: cold, decoder: try codec.startDecoding(muting: Mutes()), isCold: true,
      exactFrom: cold == 0 ? 0 : cold * ChunkSchedule.length + codec.summary.decoderReach)
  }

  private func advance(
    _ walk: inout Walk, of pyramid: TokenPyramid, playhead: Int
  ) throws -> JobOutcome? {
    self.walk = nil
    let chunk = walk.chunk
    guard let slices = pyramid.slices(ofChunk: chunk, cold: walk.isCold) else { throw Gap() }
    let isExact = walk.isExact
    let frames = try walk.decoder(slices, size)
    walk.chunk += 1
    walk.isCold = false
    self.walk = walk
    if walk.isExact, walk.chunk <= lastChunk { keep(walk, playhead: playhead) }
    guard isExact, stale.remove(chunk) != nil else { return nil }
    return try outcome(frames, chunk: chunk, playhead: playhead)
  }

  var size: PictureSize {
    PictureSize(width: clip.summary.width, height: clip.summary.height)
  }

  private func outcome(
    _ frames: [Frame], chunk: Int, playhead: Int
  ) throws -> JobOutcome? {
    let first = ChunkSchedule.frames(ofChunk: chunk).upperBound - frames.count + 1
    let kept = frames.prefix(max(0, lastFrame - first + 1))
    guard !kept.isEmpty else { return nil }
    var timed: [Frame] = []
    var psnr: [Double] = []
    for (index, frame) in zip(first..., kept) {
      let original = try original(index, playhead: playhead)
      psnr.append(FrameComparison.psnr(original, frame) ?? 0)
      timed.append(
        Frame(width: frame.width, height: frame.height, pixels: frame.pixels, time: original.time))
    }
    return .frames(first: first, timed, psnr: psnr, muting: Mutes())
  }

  /// Reads the frames of a chunk, so that they are at hand for comparing.
  func readOriginals(ofChunk chunk: Int, playhead: Int) throws {
    for index in ChunkSchedule.frames(ofChunk: chunk) where index <= lastFrame {
      _ = try original(index, playhead: playhead)
    }
  }

  private func original(_ index: Int, playhead: Int) throws -> Frame {
    if let frame = originals[index] { return frame }
    let frame = try clip.frame(index)
    if (originals.count + 1) * frame.pixels.count > 48 << 20,
      let farthest = originals.keys.max(by: { abs($0 - playhead) < abs($1 - playhead) })
    {
      originals[farthest] = nil
    }
    originals[index] = frame
    return frame
  }

  /// Where there are too many, those far from the playhead go.
  private func keep(_ walk: Walk, playhead: Int) {
    states[walk.chunk] = walk.decoder.copy()
    let shown = ChunkSchedule.chunk(ofFrame: playhead)
    let most = max(4, limit / max(1, walk.decoder.byteCount))
    while states.count > most,
      let farthest = states.keys.max(by: { abs($0 - shown) < abs($1 - shown) })
    {
      states[farthest] = nil
    }
  }
}
