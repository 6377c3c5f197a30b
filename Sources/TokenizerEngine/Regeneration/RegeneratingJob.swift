import Tokenization
import VideoIO

/// Tokenizes what is not known of the open clip, draws a region anew and decodes it.
package final class RegeneratingJob: SessionJob {
  private enum Phase {
    case tokenizing(any SessionJob)
    case drawing(Regeneration)
    case decoding(RegenerationDecoding, frames: [Frame])
    case done
  }

  private let session: Session
  private let codec: any ClipCodec
  private let prior: any TokenPrior
  private let request: RegenerationRequest
  private let shouldStop: () -> Bool
  private var phase: Phase
  private let started = ContinuousClock.now
  private var regeneration: Regeneration?
  private var preview: RegenerationDecoding?
  private var previewed = ContinuousClock.now
  private var previewTime: Duration = .zero
  package private(set) var progress = (done: 0, total: 1)
  /// Once all is done.
  package private(set) var result: RegeneratedClip?

  init(
    session: Session, codec: any ClipCodec, prior: any TokenPrior, request: RegenerationRequest,
    tokenizing: any SessionJob, shouldStop: @escaping () -> Bool
  ) {
    self.session = session
    self.codec = codec
    self.prior = prior
    self.request = request
    self.shouldStop = shouldStop
    phase = .tokenizing(tokenizing)
  }

  package func step() throws -> [JobOutcome]? {
    switch phase {
    case .tokenizing(let job):
      if session.pyramid?.isWhole != true, let outcomes = try job.step() {
        progress = job.progress
        return outcomes
      }
      let regeneration = try Regeneration(
        request, of: RegenerationSource(try session.workingTokens()), prior: prior,
        model: codec.summary, shouldStop: shouldStop)
      self.regeneration = regeneration
      phase = .drawing(regeneration)
      return []
    case .drawing(let regeneration): return try draw(regeneration)
    case .decoding(let decoding, let frames): return try decode(decoding, frames)
    case .done: return nil
    }
  }

  private func draw(_ regeneration: Regeneration) throws -> [JobOutcome] {
    if let outcome = try previewStep(regeneration) { return [outcome] }
    guard let progress = try regeneration.pass() else {
      phase = .decoding(regeneration.decoding(isWhole: false, codec: codec), frames: [])
      return []
    }
    self.progress = (progress.settled, progress.total)
    // Previews take a fifth of the time at most.
    let since = ContinuousClock.now - previewed
    if since > .milliseconds(250), since > previewTime * 4 {
      let (tokens, hidden) = regeneration.preview()
      previewed = .now
      preview = RegenerationDecoding(
        tokens, of: regeneration.source, open: regeneration.open, region: request.region,
        hidden: hidden, isWhole: false, codec: codec, shouldStop: shouldStop)
    }
    return [.regenerating(progress)]
  }

  /// One chunk of the preview that is due.
  private func previewStep(_ regeneration: Regeneration) throws -> JobOutcome? {
    guard let preview else { return nil }
    while let (first, frames) = try preview.step() {
      let shown = Self.cut(frames, first: first, to: preview.changedFrames)
      guard !shown.frames.isEmpty else { continue }
      let (tokens, hidden) = regeneration.preview()
      return .regenerated(
        first: shown.first, shown.frames, tokens: slices(tokens, regeneration, hidden),
        isFinal: false)
    }
    self.preview = nil
    previewTime = ContinuousClock.now - previewed
    previewed = .now
    return nil
  }

  private func decode(
    _ decoding: RegenerationDecoding, _ frames: [Frame]
  ) throws -> [JobOutcome] {
    guard let regeneration else { return [] }
    if let (first, more) = try decoding.step() {
      let changed = Self.cut(more, first: first, to: decoding.changedFrames)
      phase = .decoding(decoding, frames: frames + changed.frames)
      return []
    }
    phase = .done
    let result = regeneration.result(
      decoding, seconds: (ContinuousClock.now - started) / .seconds(1))
    self.result = RegeneratedClip(
      before: regeneration.source, after: result.tokens, open: regeneration.open,
      region: request.region)
    return [
      .regenerated(
        first: decoding.changedFrames.lowerBound, frames,
        tokens: slices(result.tokens, regeneration), isFinal: true),
      .regenerationReport(result.report),
    ]
  }

  private static func cut(
    _ frames: [Frame], first: Int, to range: Range<Int>
  ) -> (first: Int, frames: [Frame]) {
    let kept = (first..<first + frames.count).clamped(to: range)
    return (kept.lowerBound, kept.map { frames[$0 - first] })
  }

  /// The levels that are made anew; `hidden` are the tokens that are not drawn yet.
  private func slices(
    _ tokens: ClipTokens, _ regeneration: Regeneration, _ hidden: [[Bool]]? = nil
  ) -> [TokenSlice] {
    tokens.grids.indices.compactMap { index in
      guard regeneration.open[index].contains(true) else { return nil }
      var slice = TokenSlice(tokens.grids[index])
      slice.hidden = hidden?[index] ?? []
      return slice
    }
  }
}

/// What a regeneration made of which tokens.
package struct RegeneratedClip {
  let before: RegenerationSource
  let after: ClipTokens
  let open: [[Bool]]
  let region: ClipRegion

  init(before: RegenerationSource, after: ClipTokens, open: [[Bool]], region: ClipRegion) {
    self.before = before
    self.after = after
    self.open = open
    self.region = region
  }

  /// Tokens of which none is new.
  init(unchanged tokens: ClipTokens) {
    self.init(
      before: RegenerationSource(tokens), after: tokens,
      open: tokens.grids.map { [Bool](repeating: false, count: $0.count) }, region: ClipRegion())
  }

  /// The steps of each level that hold new tokens, all of whose codes are taken from `tokens`.
  func slices(of tokens: ClipTokens) -> [TokenSlice] {
    zip(tokens.grids, open).compactMap { grid, open in
      let plane = grid.h * grid.w
      guard let first = open.firstIndex(of: true), let last = open.lastIndex(of: true) else {
        return nil
      }
      var slice = TokenSlice(grid.rows(first / plane..<last / plane + 1))
      slice.firstStep = first / plane
      return slice
    }
  }

  /// The frames that new tokens may have changed.
  func frames(reach: Int) -> Range<Int> {
    RegenerationDecoding.affected(open, after, reach: reach)
  }
}
