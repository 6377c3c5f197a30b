import CTerminal
import Glibc

/// Wakes the waiting main thread from any other.
package final class WakeUp: Sendable {
  let descriptor: Int32

  package init() { descriptor = ct_wake_open() }

  deinit { close(descriptor) }

  package func signal() { ct_wake_signal(descriptor) }

  func clear() { ct_wake_clear(descriptor) }
}

/// Seconds of a clock that never goes back; deadlines are told in it.
package func monotonicSeconds() -> Double { ct_monotonic() }
