import Foundation
import Testing

@testable import TokenizerEngine

/// Collects what an engine posts, and waits for it without polling.
// Unchecked: the condition guards the only state.
final class EventLog: @unchecked Sendable {
  private let condition = NSCondition()
  private var events: [EngineEvent] = []

  func post(_ event: EngineEvent) {
    condition.lock()
    events.append(event)
    condition.broadcast()
    condition.unlock()
  }

  /// All events up to the one that fits for the `count`th time; fails the test after ten seconds.
  @discardableResult
  func wait(_ count: Int = 1, until fits: (EngineEvent) -> Bool) -> [EngineEvent] {
    wait(untilAll: { $0.count(where: fits) >= count })
  }

  /// All events once they fit; fails the test after ten seconds.
  @discardableResult
  func wait(untilAll fit: ([EngineEvent]) -> Bool) -> [EngineEvent] {
    condition.lock()
    defer { condition.unlock() }
    let end = Date().addingTimeInterval(10)
    while !fit(events) {
      guard condition.wait(until: end) else {
        Issue.record("The engine said only \(events.count) things.")
        break
      }
    }
    return events
  }
}

func isLast(_ job: JobID) -> (EngineEvent) -> Bool {
  { event in
    switch event {
    case .finished(job), .cancelled(job), .failed(job, _): true
    default: false
    }
  }
}
