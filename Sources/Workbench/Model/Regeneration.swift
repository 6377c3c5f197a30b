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

  package var id: JobID
  /// 1 is the first of the clip.
  package var number: Int
  package var request: RegenerationRequest
  package var state = State.waiting
  /// What it changed; all other frames are those of the source.
  package var frames = FrameStore(limitInBytes: 32 << 20)
  /// By level and step.
  package var codes: [Int: [Int: [UInt32]]] = [:]
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
    for slice in slices.flatMap(\.singleSteps) {
      codes[slice.level, default: [:]][slice.firstStep] = slice.codes
    }
  }

  package func code(level: Int, step: Int, row: Int, column: Int, columns: Int) -> UInt32? {
    guard let codes = codes[level]?[step], codes.indices.contains(row * columns + column) else {
      return nil
    }
    return codes[row * columns + column]
  }
}
