import VideoIO

/// What each level adds to the picture: decoded with the coarsest levels alone, one more at a time,
/// and with all levels but one.
package struct LevelLadder: Sendable, Equatable {
  /// Those that were compared with the clip.
  package var frames: Range<Int>
  /// Mean PSNR in dB against the clip with no level at all, the others' codes and bits as zeros.
  package var none: Double?
  /// For each level, 1 first: with it and all coarser ones.
  package var upTo: [Double?]
  /// For each level, 1 first: with all but it.
  package var without: [Double?]

  package init(frames: Range<Int>, levels: Int) {
    self.frames = frames
    upTo = [Double?](repeating: nil, count: levels)
    without = upTo
  }

  /// In dB, how much a level adds to the coarser ones; nil while it is not known.
  package func gain(ofLevel level: Int) -> Double? {
    let before = level < upTo.count ? upTo[level] : none
    guard let before, let with = upTo[level - 1] else { return nil }
    return with - before
  }

  /// In dB, how much is lost without it alone.
  package func loss(ofLevel level: Int) -> Double? {
    guard let all = upTo.first ?? nil, let without = without[level - 1] else { return nil }
    return all - without
  }

  package var isWhole: Bool { none != nil && !(upTo + without).contains(nil) }
}

/// Decodes the frames from the playhead on with some levels muted, one set of levels after another.
final class LadderJob: SessionJob {
  private enum Place: Equatable {
    case none
    case upTo(Int)
    case without(Int)
  }

  private let session: Session
  private let codec: any ClipCodec
  private let clip: OpenedClip
  private let start: Int
  private let end: Int
  private let places: [Place]
  private var ladder: LevelLadder
  private var done = 0
  private var chunk: Int
  private var decode: ChunkDecoder?
  private var values: [Double] = []

  static let mostFrames = 17

  init(session: Session, codec: any ClipCodec, clip: OpenedClip, frame: Int) {
    self.session = session
    self.codec = codec
    self.clip = clip
    let levels = codec.summary.strides.count
    let last = min(clip.summary.frameCount, frame + Self.mostFrames)
    start = ChunkSchedule.start(exactFrom: frame, reach: codec.summary.decoderReach)
    end = ChunkSchedule.chunk(ofFrame: last - 1)
    ladder = LevelLadder(frames: frame..<last, levels: levels)
    places =
      (1...levels).reversed().map { .upTo($0) } + [.none] + (1...levels).map { .without($0) }
    chunk = start
  }

  var progress: (done: Int, total: Int) {
    let chunks = end - start + 1
    return (done * chunks + chunk - start, places.count * chunks)
  }

  func step() throws -> [JobOutcome]? {
    guard done < places.count else { return nil }
    guard let slices = session.pyramid?.slices(ofChunk: chunk, cold: chunk == start) else {
      throw EngineError.notTokenized
    }
    let decode = try decode ?? codec.startDecoding(muting: mutes(places[done]))
    self.decode = decode
    let size = PictureSize(width: clip.summary.width, height: clip.summary.height)
    let frames = try decode(slices, size)
    let first = ChunkSchedule.frames(ofChunk: chunk).upperBound - frames.count + 1
    for (index, frame) in zip(first..., frames) where ladder.frames.contains(index) {
      if let psnr = try FrameComparison.psnr(clip.frame(index), frame) { values.append(psnr) }
    }
    chunk += 1
    guard chunk > end else { return [] }
    take(places[done])
    (self.decode, values, chunk, done) = (nil, [], start, done + 1)
    return [.ladder(ladder)]
  }

  private func mutes(_ place: Place) -> Mutes {
    var mutes = Mutes()
    for level in 1...ladder.upTo.count {
      let isMuted =
        switch place {
        case .none: true
        case .upTo(let kept): level < kept
        case .without(let one): level == one
        }
      if isMuted { mutes.toggle(level: level) }
    }
    return mutes
  }

  private func take(_ place: Place) {
    let mean = values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    switch place {
    case .none: ladder.none = mean
    case .upTo(let level): ladder.upTo[level - 1] = mean
    case .without(let level): ladder.without[level - 1] = mean
    }
  }
}
