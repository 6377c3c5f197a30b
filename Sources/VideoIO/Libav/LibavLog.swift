import CFFmpeg
import Dispatch
import Glibc
import Logging

/// What libav has to say: kept in a short ring and passed to swift-log, never put on the screen.
package enum LibavLog {
  private static let ring = LogRing(capacity: 200)
  private static let logger = Logger(label: "pyratok.libav")

  /// The latest warnings and errors, oldest first.
  package static var lines: [String] { ring.entries.map(\.text) }

  /// Redirects libav's log; everything in this module that touches libav calls it first.
  package static func install() { _ = isInstalled }

  private static let isInstalled: Bool = {
    av_log_set_callback { context, level, format, arguments in
      guard level <= AV_LOG_WARNING, let format, let arguments else { return }
      var prefix: Int32 = 1
      var buffer = [CChar](repeating: 0, count: 512)
      av_log_format_line2(context, level, format, arguments, &buffer, 512, &prefix)
      let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      LibavLog.record(String(decoding: bytes, as: UTF8.self), isError: level <= AV_LOG_ERROR)
    }
    return true
  }()

  /// A place in the log, to ask later what was said since then on the same thread.
  static var mark: Int { ring.written }

  /// The last error that this thread caused since `mark`, without libav's `[name @ 0x…]`.
  static func lastError(since mark: Int) -> String? {
    let thread = UInt(pthread_self())
    return ring.entries.last { $0.number >= mark && $0.thread == thread && $0.isError }?.text
  }

  private static func record(_ line: String, isError: Bool) {
    var text = Substring(line)
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      text = text[text.index(after: end)...]
    }
    let kept = text.drop { $0 == " " }.filter { !$0.isNewline }
    guard !kept.isEmpty else { return }
    ring.append(kept, isError: isError)
    logger.debug("\(kept)")
  }
}

private struct LogEntry: Sendable {
  let number: Int
  let thread: UInt
  let isError: Bool
  let text: String
}

// @unchecked Sendable because every access to the stored entries runs on the serial queue.
private final class LogRing: @unchecked Sendable {
  private let queue = DispatchQueue(label: "pyratok.libav.log")
  private let capacity: Int
  private var stored: [LogEntry] = []
  private var count = 0

  init(capacity: Int) { self.capacity = capacity }

  var entries: [LogEntry] { queue.sync { stored } }
  var written: Int { queue.sync { count } }

  func append(_ text: String, isError: Bool) {
    let thread = UInt(pthread_self())
    queue.sync {
      if stored.count == capacity { stored.removeFirst() }
      stored.append(LogEntry(number: count, thread: thread, isError: isError, text: text))
      count += 1
    }
  }
}
