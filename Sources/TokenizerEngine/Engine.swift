import Foundation
import Tokenization
import VideoIO

/// The model at work on its own queue, "engine": commands in, events out.
///
/// Every job goes a chunk at a time and then stands in line again, so a redraw of the shown frame
/// comes between two chunks of a long job. Commands keep their order; cancelling takes effect at
/// the next chunk.
package actor Engine {
  private struct Running {
    var id: JobID
    var job: any SessionJob
    var started: ContinuousClock.Instant
    var kind: Kind
    var reported: ContinuousClock.Instant
  }

  private enum Kind {
    case tokenizing
    /// For the screen, so it goes before all others.
    case redraw
    /// What changed tokens look like; first of all where the screen shows it.
    case changes
    /// What bits do; for the screen as well, but nobody waits for all of it.
    case explanation
    /// What levels add to the picture.
    case ladder
    case drift
    /// What makes the next change quick.
    case readying
    /// Waits for the others of its kind.
    case regeneration
    case export
  }

  /// Results that are kept for being accepted or written; the oldest go first.
  private static let mostResults = 64

  // Its threads, and those of OpenMP that they start, leave a busy processor to the screen's.
  private nonisolated let executor = DispatchQueueExecutor(label: "engine", quality: .background)
  private nonisolated let cancelled = CancelledJobs()
  private nonisolated let playhead = Playhead()
  private nonisolated let pictures: PictureService
  private nonisolated let corpus: CorpusService
  private nonisolated let post: @Sendable (EngineEvent) -> Void
  private let session: Session
  private var running: [Running] = []
  private var isPumping = false
  /// How many tokens there were when they were last judged.
  private var diagnosedTokens = 0
  private var results: [(job: JobID, clip: RegeneratedClip)] = []

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  /// `post` is called from the engine's and the pictures' queue.
  package init(
    loadCodec: @escaping @Sendable (String?) throws -> any ClipCodec,
    loadPrior: @escaping @Sendable (String?) throws -> any TokenPrior = loadPrior,
    thresholds: AlertThresholds = AlertThresholds(),
    post: @escaping @Sendable (EngineEvent) -> Void
  ) {
    self.post = post
    pictures = PictureService(cancelled: cancelled, post: post)
    corpus = CorpusService(cancelled: cancelled, post: post)
    session = Session(loadCodec: loadCodec, loadPrior: loadPrior)
    session.thresholds = thresholds
  }

  /// Returns at once; what comes of it is posted.
  package nonisolated func submit(_ command: EngineCommand) {
    switch command {
    case .show(let frame, let ahead, let clip):
      playhead.frame = frame
      pictures.show(frame: frame, ahead: ahead, clip: clip)
    case .open(let request, let job):
      pictures.open(request, job: job)
      executor.async { self.assumeIsolated { $0.dropResults(unlessOf: request) } }
    case .cut(let patches, let job): pictures.cut(patches, job: job)
    case .openIndex(let path, let job): corpus.open(path, job: job)
    case .findPlaces(let pattern, let limit, let job):
      let query = CorpusQuery(words: "\(pattern)", target: .pattern(pattern))
      corpus.find(query, limit: limit, job: job)
    case .cancel(let job): cancelled.insert(job)
    case .loadModel, .search, .tokenize, .redraw, .regenerate, .accept, .edit, .ready, .explain,
      .measureLadder, .compareTokens, .undoAccept, .redoAccept, .export:
      executor.async { self.assumeIsolated { $0.perform(command) } }
    }
  }

  private func perform(_ command: EngineCommand) {
    switch command {
    case .loadModel(let path, let job):
      attempt(job) {
        let model = try session.loadModel(path)
        post(.modelLoaded(model, job: job))
        post(.finished(job))
      }
    case .tokenize(let request, let job):
      attempt(job) {
        dropResults(unlessOf: request.clip)
        try session.open(request.clip) { cancelled.contains(job) }
        // Its tokens are gone or taken over, so an earlier job has nothing left to work on.
        for other in running where !request.isContinued || other.kind == .tokenizing {
          finish(other.id, with: .cancelled(other.id))
        }
        let work = try session.tokenizing(
          from: request.from, caption: request.caption, isContinued: request.isContinued,
          wantsMargins: request.wantsMargins)
        start(work, id: job, .tokenizing)
      }
    case .redraw(let frame, let mutes, let job):
      for other in running where other.kind == .redraw {
        finish(other.id, with: .cancelled(other.id))
      }
      attempt(job) {
        start(
          try session.redrawing(frame: frame, muting: mutes, frames: 48), id: job, .redraw)
      }
    case .regenerate(let request, let clip, let job):
      attempt(job) { try line(up: request, clip: clip, job: job) }
    case .accept(let job):
      // Whoever cancels what has a result comes too late.
      if results.contains(where: { $0.job == job }) { cancelled.remove(job) }
      attempt(job) {
        guard let result = results.first(where: { $0.job == job }) else {
          throw RegenerationError.noResult
        }
        try refuseWhileTokensAreFound()
        show(try session.accept(result.clip, job: job))
      }
    case .edit(let edit, let job): attempt(job) { try perform(edit, job: job) }
    case .ready(let frame, let job):
      replace(.readying, with: session.readying(frame: frame), id: job)
    case .explain(let position, let frame, let bit, let job):
      replace(
        .explanation, with: session.explaining(position, frame: frame, first: bit), id: job)
    case .measureLadder(let frame, let job):
      attempt(job) { replace(.ladder, with: try session.measuringLadder(frame: frame), id: job) }
    case .compareTokens(let model, let job):
      attempt(job) { replace(.drift, with: try session.comparing(with: model), id: job) }
    case .undoAccept, .redoAccept:
      let steps = session.acceptedSteps
      guard let job = command == .undoAccept ? steps.undo.last?.job : steps.redo.last?.job else {
        return
      }
      attempt(job) {
        try refuseWhileTokensAreFound()
        show(command == .undoAccept ? session.undoAccept() : session.redoAccept())
      }
    case .export(let result, let path, let job):
      attempt(job) { try export(result, to: path, job: job) }
    case .search(let words, let limit, let job):
      attempt(job) { corpus.find(try session.corpusQuery(words), limit: limit, job: job) }
    case .open, .show, .cut, .openIndex, .findPlaces, .cancel: break
    }
  }

  private func attempt(_ job: JobID, _ body: () throws -> Void) {
    guard !cancelled.contains(job) else { return finish(job, with: .cancelled(job)) }
    do { try body() } catch {
      let isCancelled = cancelled.contains(job)
      finish(job, with: isCancelled ? .cancelled(job) : .failed(job, reason: "\(error)"))
    }
  }

  private func line(up request: RegenerationRequest, clip: ClipRequest, job: JobID) throws {
    dropResults(unlessOf: clip)
    try session.open(clip) { self.cancelled.contains(job) }
    let work = try session.regenerating(request) { [cancelled] in cancelled.contains(job) }
    start(work, id: job, .regeneration)
  }

  private func perform(_ edit: TokenEdit, job: JobID) throws {
    try refuseWhileTokensAreFound()
    let (report, change) = try session.edit(edit, job: job)
    post(.edited(report, job: job))
    guard let change else { return finish(job, with: .finished(job)) }
    show(change)
  }

  /// Pictures that are on their way from the old tokens would stand among those of the new ones.
  private func refuseWhileTokensAreFound() throws {
    let isWhole = session.pyramid?.isWhole ?? false
    let isBusy = running.contains {
      $0.kind == .tokenizing || $0.kind == .regeneration && !isWhole
    }
    if isBusy { throw EditError.busy }
  }

  /// Tells how the working tokens have changed, and decodes what looks different.
  private func show(_ change: WorkingChange?) {
    guard let change else { return }
    let steps = session.acceptedSteps
    for other in running where other.kind == .explanation {
      finish(other.id, with: .cancelled(other.id))
    }
    // What an earlier change left undone, this one's job does.
    running.removeAll { $0.kind == .changes }
    post(.working(undo: steps.undo.count, redo: steps.redo.count, job: change.job))
    post(.tokens(change.slices, job: change.job))
    start(
      session.decodingChanges { [playhead] in playhead.frame }, id: change.job, .changes)
  }

  /// There is one of its kind at most.
  private func replace(_ kind: Kind, with job: any SessionJob, id: JobID) {
    for other in running where other.kind == kind { finish(other.id, with: .cancelled(other.id)) }
    start(job, id: id, kind)
  }

  private func export(_ result: JobID?, to path: String, job: JobID) throws {
    guard let codec = session.codec else { throw EngineError.noClip }
    if let source = session.clip?.summary.request.path,
      FileIdentity.wouldReplace(source, by: path)
    {
      throw RegenerationError.outputIsClip(path)
    }
    var clip: RegeneratedClip
    if let result {
      guard let found = results.first(where: { $0.job == result }) else {
        throw RegenerationError.noResult
      }
      clip = found.clip
    } else {
      clip = RegeneratedClip(unchanged: try session.workingTokens())
    }
    guard path.hasSuffix(".safetensors") else {
      return start(try ExportJob(clip, codec: codec, path: path), id: job, .export)
    }
    try clip.after.write(to: path)
    finish(job, with: .finished(job))
  }

  private func start(_ job: any SessionJob, id: JobID, _ kind: Kind) {
    let now = ContinuousClock.now
    running.append(Running(id: id, job: job, started: now, kind: kind, reported: now))
    pumpLater()
  }

  private func pumpLater() {
    guard !isPumping, !running.isEmpty else { return }
    isPumping = true
    executor.async {
      self.assumeIsolated {
        $0.isPumping = false
        $0.pump()
        $0.pumpLater()
      }
    }
  }

  /// One step of the most urgent job.
  private func pump() {
    for job in running where cancelled.contains(job.id) {
      finish(job.id, with: .cancelled(job.id))
    }
    guard let index = mostUrgent else { return }
    let current = running[index]
    attempt(current.id) {
      guard let outcomes = try current.job.step() else {
        if current.kind == .tokenizing { diagnose(current.id) }
        if current.kind == .changes { judgeChanges(current.id) }
        keepResult(of: current)
        finish(current.id, with: .finished(current.id))
        return
      }
      // Told to stop meanwhile: nothing of it is to arrive any more.
      guard !cancelled.contains(current.id) else { throw CancellationError() }
      for outcome in outcomes { tell(outcome, job: current.id) }
      if current.kind == .tokenizing || current.kind == .redraw || current.kind == .export
        || current.kind == .ladder || current.kind == .drift
      {
        report(index)
      }
    }
  }

  private var mostUrgent: Int? {
    let isShown = session.isOutOfDate(frame: playhead.frame)
    let order: [Kind] =
      (isShown ? [.changes, .redraw] : [.redraw, .changes]) + [.explanation, .readying]
    return order.lazy.compactMap { kind in self.running.firstIndex { $0.kind == kind } }.first
      ?? running.indices.first
  }

  private func tell(_ outcome: JobOutcome, job: JobID) {
    switch outcome {
    case .tokens(let slices): post(.tokens(slices, job: job))
    case .frames(let first, let frames, let psnr, let mutes):
      post(.reconstructed(first: first, frames: frames, psnr: psnr, muting: mutes, job: job))
    case .regenerating(let progress): post(.regenerating(progress, job: job))
    case .regenerated(let first, let frames, let tokens, let isFinal):
      post(.regenerated(first: first, frames: frames, tokens: tokens, isFinal: isFinal, job: job))
    case .regenerationReport(let report): post(.regenerationReport(report, job: job))
    case .ladder(let ladder): post(.ladder(ladder, job: job))
    case .drift(let drift): post(.drift(drift, job: job))
    case .bitEffect(let effect): post(.bitEffect(effect, job: job))
    }
  }

  /// Those of a clip that is no longer open are of no use to anybody.
  private func dropResults(unlessOf clip: ClipRequest) {
    if session.clip?.summary.request != clip { results = [] }
  }

  private func keepResult(of done: Running) {
    guard let clip = (done.job as? RegeneratingJob)?.result else { return }
    results.removeAll { $0.job == done.id }
    results.append((done.id, clip))
    if results.count > Self.mostResults { results.removeFirst() }
  }

  private func diagnose(_ job: JobID) {
    diagnosedTokens = session.pyramid?.knownTokens ?? 0
    post(.statistics(session.statistics(), job: job))
    if let findings = session.findings() { post(.findings(findings, job: job)) }
  }

  /// How codes are used has changed; what is wrong with that is too dear to say of many tokens.
  private func judgeChanges(_ job: JobID) {
    let isLight = session.pyramid?.knownTokens ?? 0 <= Self.mostTokensJudgedAgain
    isLight ? diagnose(job) : post(.statistics(session.statistics(), job: job))
  }

  private static let mostTokensJudgedAgain = 1 << 15

  /// Progress after every chunk; what is wrong whenever there are twice as many tokens; the statistics of a growing codebook twice a second.
  private func report(_ index: Int) {
    let current = running[index]
    let now = ContinuousClock.now
    let seconds = max(1e-6, (now - current.started) / .seconds(1))
    let (done, total) = current.job.progress
    let frames = Double(done * ChunkSchedule.length)
    post(
      .progress(
        JobProgress(done: done, total: total, framesPerSecond: frames / seconds), job: current.id))
    if current.kind == .tokenizing, now - current.reported > .milliseconds(500) {
      running[index].reported = now
      let tokens = session.pyramid?.knownTokens ?? 0
      if tokens > 2 * diagnosedTokens || tokens < diagnosedTokens {
        diagnose(current.id)
      } else {
        post(.statistics(session.statistics(), job: current.id))
      }
    }
  }

  private func finish(_ id: JobID, with event: EngineEvent) {
    running.removeAll { $0.id == id }
    cancelled.remove(id)
    post(event)
  }
}

/// The frame that was asked for last: what it shows comes first.
// Unchecked: the lock guards the only state.
final class Playhead: @unchecked Sendable {
  private let lock = NSLock()
  private var shown = 0

  var frame: Int {
    get { lock.withLock { shown } }
    set { lock.withLock { shown = newValue } }
  }
}

/// The jobs that somebody gave up.
// Unchecked: the lock guards the only state.
final class CancelledJobs: @unchecked Sendable {
  private let lock = NSLock()
  private var jobs: Set<JobID> = []

  func insert(_ job: JobID) { lock.withLock { _ = jobs.insert(job) } }

  func remove(_ job: JobID) { lock.withLock { _ = jobs.remove(job) } }

  func contains(_ job: JobID) -> Bool { lock.withLock { jobs.contains(job) } }
}
