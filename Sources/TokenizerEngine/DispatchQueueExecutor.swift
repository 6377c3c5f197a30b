import Dispatch

/// Runs an actor on one serial queue of its own, away from the shared pool, which is only as wide
/// as the machine and must not hold work that takes minutes.
package final class DispatchQueueExecutor: SerialExecutor {
  package let queue: DispatchQueue

  package init(label: String, quality: DispatchQoS) {
    queue = DispatchQueue(label: label, qos: quality)
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedSerialExecutor()
    queue.async { job.runSynchronously(on: executor) }
  }

  package func checkIsolated() {
    dispatchPrecondition(condition: .onQueue(queue))
  }
}
