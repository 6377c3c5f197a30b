import Tokenization
import TokenizerEngine
import VideoIO

/// One sentence's result, from the moment it was asked for.
package struct Regeneration: Equatable, Sendable {
  package enum State: Equatable, Sendable {
    case waiting
    case running(RegenerationProgress)
    case finished
    case failed(String)
  }

  /// A token of a result that may still be in the making.
  enum Token: Equatable, Sendable {
    case code(UInt32)
    case open
  }

  package var id: JobID
  /// 1 is the first of the clip.
  package var number: Int
  package var request: RegenerationRequest
  package var state = State.waiting
  /// The frames that it changed, once they are known; all others are those of the source.
  package var span: Range<Int>?
  /// Those of them that are kept.
  package var frames = FrameStore(limitInBytes: 32 << 20)
  /// By level and step.
  private var tokens: [Int: [Int: [Token]]] = [:]
  package var report: RegenerationReport?
  /// The accepted results that the clip consisted of when it was made.
  package var base: [JobID]

  package init(id: JobID, number: Int, request: RegenerationRequest, base: [JobID] = []) {
    self.id = id
    self.number = number
    self.request = request
    self.base = base
  }

  package var hasFailed: Bool { fault != nil }

  package var fault: String? {
    if case .failed(let reason) = state { reason } else { nil }
  }

  /// Whether it runs or waits.
  package var isLive: Bool {
    switch state {
    case .waiting, .running: true
    case .finished, .failed: false
    }
  }

  package var progress: RegenerationProgress? {
    if case .running(let progress) = state { progress } else { nil }
  }

  mutating func keep(_ slices: [TokenSlice]) {
    for slice in slices {
      let size = slice.rows * slice.columns
      for step in 0..<slice.steps {
        tokens[slice.level, default: [:]][slice.firstStep + step] =
          (step * size..<(step + 1) * size).map { index in
            !slice.hidden.isEmpty && slice.hidden[index] ? .open : .code(slice.codes[index])
          }
      }
    }
  }

  /// Nil where the token is that of the source, or nothing is known of the result yet.
  func token(level: Int, step: Int, row: Int, column: Int, columns: Int) -> Token? {
    guard let row = tokens[level]?[step]?.dropFirst(row * columns).prefix(columns),
      row.count > column
    else { return nil }
    return row[row.startIndex + column]
  }
}
