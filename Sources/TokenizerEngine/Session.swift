import Tokenization
import VideoIO

/// One clip, one model and the tokens found so far; synchronous, for one thread at a time.
///
/// The command line calls it directly; the workbench reaches it through `Engine`. Long work comes
/// as a `SessionJob` that is driven step by step, so whoever drives it may stop or turn aside
/// between two chunks.
package final class Session {
  package private(set) var codec: (any ClipCodec)?
  package private(set) var clip: OpenedClip?
  package private(set) var pyramid: TokenPyramid?
  /// What the tokens were found with.
  private(set) var caption: String?
  /// Whether each frame was decoded from its tokens; empty before the first one.
  private var isReconstructed: [Bool] = []
  private let loadCodec: (String?) throws -> any ClipCodec
  private let makePrior: (String?) throws -> any TokenPrior
  /// The one that was asked for last.
  private var prior: (path: String?, prior: any TokenPrior)?
  /// What was accepted into the tokens at hand.
  package internal(set) var acceptedSteps = AcceptedSteps()
  /// What alerts of the codebook are judged by.
  package var thresholds = AlertThresholds()
  /// Counts the changes of tokens that were known.
  private(set) var changes = 0
  /// Made when tokens change for the first time, or soon will.
  private var workingPictures: WorkingPictures?

  /// Both are given the folder of the weights, or nil for the bundled ones.
  package init(
    loadCodec: @escaping (String?) throws -> any ClipCodec,
    loadPrior: @escaping (String?) throws -> any TokenPrior = loadPrior
  ) {
    self.loadCodec = loadCodec
    makePrior = loadPrior
  }

  @discardableResult
  package func loadModel(_ path: String?) throws -> ModelSummary {
    let loaded = try loadCodec(path)
    codec = loaded
    pyramid = nil
    workingPictures = nil
    acceptedSteps = AcceptedSteps()
    return loaded.summary
  }

  /// Does nothing if just this is open already; `shouldStop` may end a long opening.
  @discardableResult
  package func open(
    _ request: ClipRequest, shouldStop: () -> Bool = { false }
  ) throws -> ClipSummary {
    if let clip, clip.summary.request == request { return clip.summary }
    let opened = try OpenedClip(request, shouldStop: shouldStop)
    clip = opened
    pyramid = nil
    workingPictures = nil
    acceptedSteps = AcceptedSteps()
    return opened.summary
  }

  /// Tokenizes what is not known of the open clip; what the frame `from` needs comes first.
  ///
  /// - Parameters:
  ///   - isContinued: go on from the tokens that are known, if the caption is still the same.
  ///   - wantsMargins: find the values before the sign around `from` first, known codes or not.
  package func tokenizing(
    from: Int, caption: String?, isContinued: Bool = false, wantsMargins: Bool = false
  ) throws -> any SessionJob {
    guard let clip else { throw EngineError.noClip }
    if codec == nil { try loadModel(nil) }
    guard let codec else { throw EngineError.noModel(searched: []) }
    let summary = clip.summary
    if pyramid == nil || !isContinued || caption != self.caption {
      self.caption = caption
      acceptedSteps = AcceptedSteps()
      workingPictures = nil
      isReconstructed = [Bool](repeating: false, count: summary.frameCount)
      pyramid = TokenPyramid(
        model: codec.summary, frames: summary.frameCount, width: summary.width,
        height: summary.height, marginLimit: 16 << 20)
    }
    let plan = TokenizingPlan(
      frameCount: summary.frameCount, encoderReach: codec.summary.encoderReach,
      decoderReach: codec.summary.decoderReach,
      isKnown: { self.pyramid?.isKnown(chunk: $0) ?? false }, isDone: { self.isDone(chunk: $0) })
    let passes = (wantsMargins ? [plan.encoding(around: from)] : []) + plan.passes(playhead: from)
    return TokenizingJob(
      session: self, codec: codec, clip: clip, caption: caption, passes: passes)
  }

  /// Goes on with the caption that the tokens known so far were found with.
  func tokenizingTheRest() throws -> any SessionJob {
    try tokenizing(from: 0, caption: caption, isContinued: true)
  }

  /// Beside the loaded one.
  func makeCodec(_ path: String) throws -> any ClipCodec { try loadCodec(path) }

  /// The prior of a folder, or the bundled one.
  func loadedPrior(_ path: String?) throws -> any TokenPrior {
    if let prior, prior.path == path { return prior.prior }
    let loaded = try makePrior(path)
    prior = (path, loaded)
    return loaded
  }

  private func isDone(chunk: Int) -> Bool {
    let frames = ChunkSchedule.frames(ofChunk: chunk).clamped(to: 0...isReconstructed.count - 1)
    return pyramid?.isKnown(chunk: chunk) == true && frames.allSatisfy { isReconstructed[$0] }
  }

  /// Decodes from the tokens, beginning with `frame`, at most `frames` of them.
  package func redrawing(frame: Int, muting mutes: Mutes, frames: Int) throws -> any SessionJob {
    guard let clip, let codec, pyramid != nil else { throw EngineError.noClip }
    return RedrawingJob(
      session: self, codec: codec, clip: clip, frame: frame, mutes: mutes, frames: frames)
  }

  /// What each level adds to the frames from one on, by the tokens that are known.
  package func measuringLadder(frame: Int) throws -> any SessionJob {
    guard let clip, let codec, pyramid != nil else { throw EngineError.noClip }
    return LadderJob(session: self, codec: codec, clip: clip, frame: frame)
  }

  /// Decodes what changed tokens have left out of date; what `playhead` shows comes first.
  package func decodingChanges(playhead: @escaping () -> Int) -> any SessionJob {
    ChangedPicturesJob(session: self, playhead: playhead)
  }

  /// Makes a change of tokens at a frame show quickly.
  package func readying(frame: Int) -> any SessionJob { ReadyingJob(session: self, frame: frame) }

  /// What each bit of a token does to a frame that its own chunk shows, the wanted bit first.
  package func explaining(
    _ position: TokenPosition, frame: Int, first bit: Int
  ) -> any SessionJob {
    BitEffectJob(session: self, position: position, frame: frame, first: bit)
  }

  /// Whether the picture of a frame is out of date.
  func isOutOfDate(frame: Int) -> Bool { workingPictures?.isStale(frame: frame) ?? false }

  /// How the codes found so far are used, level 1 first.
  package func statistics() -> [LevelUsage] {
    guard let pyramid else { return [] }
    return pyramid.levels.map {
      LevelUsage(
        level: $0.level, bits: pyramid.bits, counts: $0.counts, deadShare: thresholds.deadShare)
    }
  }

  /// What is wrong with that use; dear where there are many tokens.
  package func findings() -> CodebookFindings? {
    pyramid.map { CodebookFindings($0, thresholds: thresholds) }
  }

  func insert(_ slices: [TokenSlice]) { pyramid?.insert(slices) }

  func replace(_ slices: [TokenSlice]) {
    pyramid?.replace(slices)
    changes += 1
  }

  /// What keeps the pictures of the working tokens up to date; nil where there are no tokens.
  func pictures() -> WorkingPictures? {
    guard let clip, let codec, pyramid != nil else { return nil }
    let pictures = workingPictures ?? WorkingPictures(codec: codec, clip: clip)
    workingPictures = pictures
    return pictures
  }

  func noteReconstruction(of frames: Range<Int>) {
    for frame in frames where isReconstructed.indices.contains(frame) {
      isReconstructed[frame] = true
    }
  }
}

/// Work that is done in steps, a chunk at a time.
package protocol SessionJob: AnyObject {
  /// Does one step and tells what came of it; nil when everything is done.
  func step() throws -> [JobOutcome]?
  var progress: (done: Int, total: Int) { get }
}

/// What one step of a job brought.
package enum JobOutcome: Sendable, Equatable {
  case tokens([TokenSlice])
  case frames(first: Int, [Frame], psnr: [Double], muting: Mutes)
  case regenerating(RegenerationProgress)
  case regenerated(first: Int, [Frame], tokens: [TokenSlice], isFinal: Bool)
  case regenerationReport(RegenerationReport)
  case bitEffect(BitEffect)
  case ladder(LevelLadder)
  case drift(TokenDrift)
}
