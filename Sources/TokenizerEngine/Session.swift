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
  private let loadCodec: (String?) throws -> any ClipCodec

  /// `loadCodec` is given the folder of the weights, or nil for the bundled ones.
  package init(loadCodec: @escaping (String?) throws -> any ClipCodec) {
    self.loadCodec = loadCodec
  }

  @discardableResult
  package func loadModel(_ path: String?) throws -> ModelSummary {
    let loaded = try loadCodec(path)
    codec = loaded
    pyramid = nil
    return loaded.summary
  }

  @discardableResult
  package func open(_ request: ClipRequest) throws -> ClipSummary {
    if let clip, clip.summary.request == request { return clip.summary }
    let opened = try OpenedClip(request)
    clip = opened
    pyramid = nil
    return opened.summary
  }

  /// Tokenizes the open clip; what the frame `from` needs comes first, then the rest.
  package func tokenizing(from: Int, caption: String?) throws -> any SessionJob {
    guard let clip else { throw EngineError.noClip }
    if codec == nil { try loadModel(nil) }
    guard let codec else { throw EngineError.noModel(searched: []) }
    pyramid = TokenPyramid(
      model: codec.summary, frames: clip.summary.frameCount, width: clip.summary.width,
      height: clip.summary.height, keepsMargins: false)
    return TokenizingJob(
      session: self, codec: codec, clip: clip, playhead: from, caption: caption)
  }

  /// Decodes from the tokens, beginning with `frame`, at most `frames` of them.
  package func redrawing(frame: Int, muting mutes: Mutes, frames: Int) throws -> any SessionJob {
    guard let clip, let codec, pyramid != nil else { throw EngineError.noClip }
    return RedrawingJob(
      session: self, codec: codec, clip: clip, frame: frame, mutes: mutes, frames: frames)
  }

  /// How the codes found so far are used, level 1 first.
  package func statistics() -> [LevelStatistics] {
    guard let pyramid else { return [] }
    return pyramid.levels.map {
      LevelStatistics(level: $0.level, bits: pyramid.bits, counts: $0.counts)
    }
  }

  func insert(_ slices: [TokenSlice]) { pyramid?.insert(slices) }
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
}
