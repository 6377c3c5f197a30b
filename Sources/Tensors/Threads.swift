import Synchronization

/// How many threads arithmetic may use: `--threads`.
package enum Threads {
  private static let chosen = Atomic(0)

  /// At least 1; the number of processors until it is set.
  package static var count: Int {
    get {
      let count = chosen.load(ordering: .relaxed)
      return count > 0 ? count : processors
    }
    set { chosen.store(max(1, newValue), ordering: .relaxed) }
  }

  static let processors = max(1, activeProcessorCount())
}

/// Cuts `0..<count` into consecutive ranges, one per thread, and calls `body` with them at once.
///
/// Ranges hold at least `grain` items, so small work stays on the calling thread. The cut depends
/// on `count`, `grain` and `Threads.count` alone: sums over ranges come out the same on every run.
func parallelRanges(_ count: Int, grain: Int = 1, _ body: (_ range: Range<Int>) -> Void) {
  let parts = rangeCount(count, grain: grain)
  if parts <= 1 {
    if count > 0 { body(0..<count) }
    return
  }
  parallelFor(parts) { part in
    body(count * part / parts..<count * (part + 1) / parts)
  }
}

/// The number of ranges that `parallelRanges` makes of `count` items.
func rangeCount(_ count: Int, grain: Int) -> Int {
  min(Threads.count, max(1, count / max(1, grain)))
}

/// Calls `body(0) … body(count − 1)`, each once, on several threads; returns when all are done.
func parallelFor(_ count: Int, _ body: (_ index: Int) -> Void) {
  if count <= 1 || Threads.count <= 1 {
    for index in 0..<count { body(index) }
    return
  }
  withoutActuallyEscaping(body) { body in
    if ThreadTeam.isReady {
      ThreadTeam.perform(count, body)
      return
    }
    HelperQueues.perform(count, body)
  }
}
