import Foundation
import VideoIO

/// Opens clips and decodes the frames the screen asks for, on the "pictures" queue; it never waits
/// for the model.
///
/// Only the newest request counts: whoever scrubs faster than the decoder gets fewer pictures, not
/// later ones.
package actor PictureService {
  private nonisolated let executor = DispatchQueueExecutor(
    label: "pictures", quality: .default)
  private nonisolated let wanted = LatestRequest<FrameRequest>()
  private nonisolated let wantedPatches = LatestRequest<PatchRequest>()
  private nonisolated let post: @Sendable (EngineEvent) -> Void
  private nonisolated let cancelled: CancelledJobs
  private var clip: OpenedClip?
  /// The job that opened it.
  private var clipJob: JobID?
  private var cache: [Int: Frame] = [:]
  private var cachedOrder: [Int] = []
  private let cutter = PatchCutter()
  private var patchJob: JobID?
  private var isCutting = false

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  init(cancelled: CancelledJobs, post: @escaping @Sendable (EngineEvent) -> Void) {
    self.cancelled = cancelled
    self.post = post
  }

  nonisolated func open(_ request: ClipRequest, job: JobID) {
    executor.async { self.assumeIsolated { $0.openClip(request, job: job) } }
  }

  nonisolated func show(frame: Int, ahead: Int, clip: JobID) {
    let request = FrameRequest(frame: frame, ahead: ahead, clip: clip)
    guard wanted.replace(with: request) else { return }
    executor.async { self.assumeIsolated { $0.serve() } }
  }

  /// In place of all that were asked for before; none if nobody looks at patches any more.
  nonisolated func cut(_ patches: [Patch], job: JobID) {
    guard wantedPatches.replace(with: PatchRequest(patches: patches, job: job)) else { return }
    executor.async { self.assumeIsolated { $0.takePatches() } }
  }

  private func takePatches() {
    guard let request = wantedPatches.take() else { return }
    patchJob = request.job
    cutter.replace(with: request.patches) { cache[$0] != nil }
    cutLater()
  }

  /// The screen's own frames come between two frames of patches.
  private func cutLater() {
    guard !isCutting, !cutter.isIdle else { return }
    isCutting = true
    executor.async {
      self.assumeIsolated {
        $0.isCutting = false
        $0.cutNext()
        $0.cutLater()
      }
    }
  }

  private func cutNext() {
    let cut = cutter.next(
      openFrame: { index, job in
        guard job == clipJob, let clip, index < clip.summary.frameCount else { return nil }
        return try frame(index, of: clip)
      }, shouldStop: { !wantedPatches.isEmpty })
    guard let job = patchJob else { return }
    for (patch, outcome) in cut ?? [] { post(.patch(patch, outcome, job: job)) }
  }

  private func openClip(_ request: ClipRequest, job: JobID) {
    // Some clips have to be decoded from end to end before their frames can be counted.
    do {
      guard !cancelled.contains(job) else { throw VideoError.cancelled(request.path) }
      let opened = try OpenedClip(request) { cancelled.contains(job) }
      clip = opened
      clipJob = job
      cache = [:]
      cachedOrder = []
      post(.clipOpened(opened.summary, job: job))
    } catch {
      post(cancelled.contains(job) ? .cancelled(job) : .failed(job, reason: "\(error)"))
    }
    cancelled.remove(job)
  }

  private func serve() {
    guard let request = wanted.take(), let clip, request.clip == clipJob else { return }
    let index = max(0, min(request.frame, clip.summary.frameCount - 1))
    do {
      post(.picture(index: index, try frame(index, of: clip), clip: request.clip))
    } catch {
      post(.pictureFailed(index: index, reason: "\(error)", clip: request.clip))
      return
    }
    guard request.ahead > 0 else { return }
    // One frame at a time, so that a newer request is served first.
    for next in index + 1..<max(index + 1, min(index + 1 + request.ahead, clip.summary.frameCount))
    {
      guard wanted.isEmpty else { return }
      guard (try? frame(next, of: clip)) != nil else { return }
    }
  }

  private func frame(_ index: Int, of clip: OpenedClip) throws -> Frame {
    if let frame = cache[index] { return frame }
    let frame = try clip.frame(index)
    let capacity = max(8, 48 << 20 / max(1, frame.pixels.count))
    cache[index] = frame
    cachedOrder.append(index)
    if cachedOrder.count > capacity { cache[cachedOrder.removeFirst()] = nil }
    return frame
  }
}

private struct FrameRequest: Sendable {
  var frame: Int
  var ahead: Int
  var clip: JobID
}

private struct PatchRequest: Sendable {
  var patches: [Patch]
  var job: JobID
}

/// A slot for the newest request.
// Unchecked: the lock guards the only state.
private final class LatestRequest<Request: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var request: Request?

  /// True when the slot was empty, so that somebody must come and take it.
  func replace(with newer: Request) -> Bool {
    lock.withLock {
      defer { request = newer }
      return request == nil
    }
  }

  func take() -> Request? {
    lock.withLock {
      defer { request = nil }
      return request
    }
  }

  var isEmpty: Bool { lock.withLock { request == nil } }
}
