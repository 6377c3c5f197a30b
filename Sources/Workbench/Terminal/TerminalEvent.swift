/// What happened while the terminal waited.
package enum TerminalEvent: Hashable, Sendable {
  case key(Key)
  case resized(Size)
  /// Another thread called `WakeUp.signal`.
  case woken
  /// A signal asked the process to end.
  case endRequested(Int32)
  /// The job goes on after ^Z; everything is painted anew.
  case resumed
  /// The terminal told its background colour.
  case background(RGB)
}

/// Why there is no full screen to be had; the caller prints plain text instead.
package enum TerminalError: Error, Hashable, CustomStringConvertible {
  case plainText(String)

  package var description: String {
    switch self {
    case .plainText(let reason): "No workbench in this terminal: \(reason). Printing plain text."
    }
  }
}

/// What one frame cost.
package struct FrameStatistics: Hashable, Sendable {
  package var bytes = 0
  package var writes = 0
  /// From the call to the end of the write.
  package var seconds = 0.0
  package var secondsWriting = 0.0
  /// When the write was done, in `monotonicSeconds`.
  package var end = 0.0
}
