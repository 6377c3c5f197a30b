import Foundation
import TokenizerEngine

/// Where other threads leave messages for the main thread; of pictures only the newest is kept.
// Unchecked: the lock guards the only state.
final class Mailbox: @unchecked Sendable {
  private let lock = NSLock()
  private var messages: [Message] = []
  private let wakeUp: WakeUp

  init(wakeUp: WakeUp) { self.wakeUp = wakeUp }

  /// From any thread.
  func post(_ message: Message) {
    let wasEmpty = lock.withLock {
      if case .engine(.picture) = message, let last = messages.last,
        case .engine(.picture) = last
      {
        messages.removeLast()
      }
      messages.append(message)
      return messages.count == 1
    }
    if wasEmpty { wakeUp.signal() }
  }

  /// All that came since the last time, in order.
  func drain() -> [Message] {
    lock.withLock {
      defer { messages = [] }
      return messages
    }
  }
}
