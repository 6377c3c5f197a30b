import Dispatch
import Glibc
import Synchronization

/// Threads for arithmetic while oneDNN's are not there: a serial queue for each.
///
/// `DispatchQueue.concurrentPerform` would take them from the shared pool, which libdispatch then
/// looks after once a second for the rest of the program's life, also while that sleeps.
enum HelperQueues {
  private static let queues = team(.default)
  private static let backgroundQueues = team(.background)

  private static func team(_ quality: DispatchQoS) -> [DispatchQueue] {
    (1..<max(2, Threads.processors)).map {
      DispatchQueue(label: "arithmetic \($0)", qos: quality)
    }
  }

  /// Work for a background queue stays in the background: libdispatch's threads for it have a nice
  /// value of 10.
  private static var isInBackground: Bool {
    getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) >= 10
  }

  /// Calls `body` with each index below `count`, here and on the queues; returns when all are done.
  static func perform(_ count: Int, _ body: (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { body in
        let loop = SharedLoop(count, body)
        let queues = isInBackground ? backgroundQueues : queues
        for queue in queues.prefix(min(Threads.count, count) - 1) { queue.async { loop.work() } }
        loop.work()
        loop.wait()
      }
    }
  }
}

/// Indices that several threads take one after another.
// Unchecked: whoever has taken an index may call the body, and its caller waits for all of them; who
// comes late finds no index and leaves the pointer alone.
private final class SharedLoop: @unchecked Sendable {
  private let count: Int
  private let body: UnsafePointer<(Int) -> Void>
  private let next = Atomic(0)
  private let done = Atomic(0)
  private let isDone = DispatchSemaphore(value: 0)

  init(_ count: Int, _ body: UnsafePointer<(Int) -> Void>) {
    self.count = count
    self.body = body
  }

  func work() {
    var finished = 0
    while true {
      let index = next.add(1, ordering: .relaxed).oldValue
      guard index < count else { break }
      body.pointee(index)
      finished += 1
    }
    guard finished > 0 else { return }
    if done.add(finished, ordering: .acquiringAndReleasing).newValue == count { isDone.signal() }
  }

  func wait() { isDone.wait() }
}
