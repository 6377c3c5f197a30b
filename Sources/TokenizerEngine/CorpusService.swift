import Foundation

/// Looks into the index that is open beside the clip, on the "corpus" queue: neither the screen nor
/// the model waits for it.
actor CorpusService {
  private nonisolated let executor = DispatchQueueExecutor(label: "corpus", quality: .utility)
  private nonisolated let post: @Sendable (EngineEvent) -> Void
  private nonisolated let cancelled: CancelledJobs
  private var index: CorpusIndex?

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(cancelled: CancelledJobs, post: @escaping @Sendable (EngineEvent) -> Void) {
    self.cancelled = cancelled
    self.post = post
  }

  /// In place of the one that was open; nil closes it.
  nonisolated func open(_ path: String?, job: JobID) {
    perform(job) { service in
      service.index?.close()
      service.index = nil
      guard let path else { return }
      let index = try CorpusIndex(reading: path)
      service.index = index
      service.post(.indexOpened(try index.summary(), job: job))
      let usage = try index.levelUsage { service.cancelled.contains(job) }
      service.post(.indexUsage(usage, job: job))
    }
  }

  nonisolated func find(_ query: CorpusQuery, limit: Int, job: JobID) {
    perform(job) { service in
      guard let index = service.index else { throw CorpusError.notOpen }
      let found = try index.find(query, limit: limit)
      guard !service.cancelled.contains(job) else { throw CancellationError() }
      service.post(.found(found, job: job))
    }
  }

  private nonisolated func perform(
    _ job: JobID, _ body: @escaping @Sendable (isolated CorpusService) throws -> Void
  ) {
    executor.async { self.assumeIsolated { $0.attempt(job, body) } }
  }

  private func attempt(_ job: JobID, _ body: (isolated CorpusService) throws -> Void) {
    defer { cancelled.remove(job) }
    guard !cancelled.contains(job) else { return post(.cancelled(job)) }
    do {
      try body(self)
      post(.finished(job))
    } catch {
      post(cancelled.contains(job) ? .cancelled(job) : .failed(job, reason: "\(error)"))
    }
  }
}
