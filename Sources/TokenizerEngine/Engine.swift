import Foundation
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
    var isRedraw: Bool
    var reported: ContinuousClock.Instant
  }

  // Its threads, and those of OpenMP that they start, leave a busy processor to the screen's.
  private nonisolated let executor = DispatchQueueExecutor(label: "engine", quality: .background)
  private nonisolated let cancelled = CancelledJobs()
  private nonisolated let pictures: PictureService
  private nonisolated let post: @Sendable (EngineEvent) -> Void
  private let session: Session
  private var running: [Running] = []
  private var isPumping = false
  /// How many tokens there were when they were last judged.
  private var diagnosedTokens = 0

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  /// `post` is called from the engine's and the pictures' queue.
  package init(
    loadCodec: @escaping @Sendable (String?) throws -> any ClipCodec,
    post: @escaping @Sendable (EngineEvent) -> Void
  ) {
    self.post = post
    pictures = PictureService(cancelled: cancelled, post: post)
    session = Session(loadCodec: loadCodec)
  }

  /// Returns at once; what comes of it is posted.
  package nonisolated func submit(_ command: EngineCommand) {
    switch command {
    case .show(let frame, let ahead, let clip):
      pictures.show(frame: frame, ahead: ahead, clip: clip)
    case .open(let request, let job): pictures.open(request, job: job)
    case .cancel(let job): cancelled.insert(job)
    case .loadModel, .tokenize, .redraw, .regenerate, .accept, .undoAccept, .redoAccept, .export:
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
        try session.open(request.clip) { cancelled.contains(job) }
        // Its tokens are gone or taken over, so an earlier job has nothing left to work on.
        for other in running where !request.isContinued || !other.isRedraw {
          finish(other.id, with: .cancelled(other.id))
        }
        let work = try session.tokenizing(
          from: request.from, caption: request.caption, isContinued: request.isContinued,
          wantsMargins: request.wantsMargins)
        start(work, id: job, isRedraw: false)
      }
    case .redraw(let frame, let mutes, let job):
      for other in running where other.isRedraw { finish(other.id, with: .cancelled(other.id)) }
      attempt(job) {
        start(
          try session.redrawing(frame: frame, muting: mutes, frames: 48), id: job, isRedraw: true)
      }
    case .regenerate(_, _, let job), .export(_, _, let job):
      finish(job, with: .failed(job, reason: "Nothing can be regenerated without a prior."))
    case .accept, .undoAccept, .redoAccept, .open, .show, .cancel: break
    }
  }

  private func attempt(_ job: JobID, _ body: () throws -> Void) {
    guard !cancelled.contains(job) else { return finish(job, with: .cancelled(job)) }
    do { try body() } catch {
      let isCancelled = cancelled.contains(job)
      finish(job, with: isCancelled ? .cancelled(job) : .failed(job, reason: "\(error)"))
    }
  }

  private func start(_ job: any SessionJob, id: JobID, isRedraw: Bool) {
    let now = ContinuousClock.now
    running.append(
      Running(id: id, job: job, started: now, isRedraw: isRedraw, reported: now))
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
    guard let index = running.firstIndex(where: \.isRedraw) ?? running.indices.first else { return }
    let current = running[index]
    attempt(current.id) {
      guard let outcomes = try current.job.step() else {
        if !current.isRedraw { diagnose(current.id) }
        finish(current.id, with: .finished(current.id))
        return
      }
      for outcome in outcomes { tell(outcome, job: current.id) }
      report(index)
    }
  }

  private func tell(_ outcome: JobOutcome, job: JobID) {
    switch outcome {
    case .tokens(let slices): post(.tokens(slices, job: job))
    case .frames(let first, let frames, let psnr, let mutes):
      post(.reconstructed(first: first, frames: frames, psnr: psnr, muting: mutes, job: job))
    }
  }

  private func diagnose(_ job: JobID) {
    diagnosedTokens = session.pyramid?.knownTokens ?? 0
    post(.statistics(session.statistics(), job: job))
    if let findings = session.findings() { post(.findings(findings, job: job)) }
  }

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
    if !current.isRedraw, now - current.reported > .milliseconds(500) {
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

/// The jobs that somebody gave up.
// Unchecked: the lock guards the only state.
final class CancelledJobs: @unchecked Sendable {
  private let lock = NSLock()
  private var jobs: Set<JobID> = []

  func insert(_ job: JobID) { lock.withLock { _ = jobs.insert(job) } }

  func remove(_ job: JobID) { lock.withLock { _ = jobs.remove(job) } }

  func contains(_ job: JobID) -> Bool { lock.withLock { jobs.contains(job) } }
}
