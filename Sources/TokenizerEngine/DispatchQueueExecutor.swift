import Dispatch

/// Runs an actor on one serial queue of its own, away from the shared pool, which is only as wide
/// as the machine and must not hold work that takes minutes.
///
/// Serial queues draw their threads from libdispatch's "overcommit" pools. The shared ones, once
/// anything uses them, are looked after every second for ever, even while the program sleeps. On
/// Linux each quality has threads of its own with a nice value: 10 for `background`, 2 for
/// `utility`, and 0 for `default`, which is the main thread's; above it, root alone gets -2.
package final class DispatchQueueExecutor: SerialExecutor {
  private let queue: DispatchQueue

  package init(label: String, quality: DispatchQoS) {
    queue = DispatchQueue(label: label, qos: quality)
  }

  /// Runs the work on the queue's thread after what is there.
  package func async(_ work: @escaping @Sendable () -> Void) { queue.async(execute: work) }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedSerialExecutor()
    queue.async { job.runSynchronously(on: executor) }
  }

  package func checkIsolated() {
    dispatchPrecondition(condition: .onQueue(queue))
  }
}
