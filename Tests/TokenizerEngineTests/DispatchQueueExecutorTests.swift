import Dispatch
import Glibc
import Synchronization
import Testing

@testable import TokenizerEngine

struct DispatchQueueExecutorTests {
  private final class Priority: Sendable {
    let value = Atomic(Int.min)
    let isKnown = DispatchSemaphore(value: 0)
  }

  private static var nice: Int {
    Int(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0))
  }

  private func nice(quality: DispatchQoS) -> Int {
    let executor = DispatchQueueExecutor(label: "test", quality: quality)
    let seen = Priority()
    executor.async {
      seen.value.store(Self.nice, ordering: .relaxed)
      seen.isKnown.signal()
    }
    seen.isKnown.wait()
    return seen.value.load(ordering: .relaxed)
  }

  /// What the engine counts on: its arithmetic gives way, decoding pictures does not.
  @Test func backgroundWorkHasALowerPriorityThanTheMainThread() {
    let here = Self.nice
    #expect(nice(quality: .background) == max(10, here))
    #expect(nice(quality: .default) <= max(0, here))
    #expect(Self.nice == here)
  }
}
