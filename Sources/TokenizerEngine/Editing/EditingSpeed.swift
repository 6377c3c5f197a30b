import Foundation
import Tensors
import Training
import VideoIO

/// Measures how soon a change of one bit is seen, in a clip of 97 frames of 128x128.
struct EditingSpeed {
  /// Flips, and as many undos.
  static let count = 48
  private static let frames = 97

  /// From the command to the event, in seconds.
  struct Delay {
    /// Till the frame that is looked at is there.
    var shown: Double
    /// Till all others are that the bit can change.
    var whole: Double
  }

  private let codec: any ClipCodec

  init(_ codec: any ClipCodec) { self.codec = codec }

  /// Of flips at places that the cursor has rested on, and of undoing each.
  func run() throws -> (flips: [Delay], undos: [Delay]) {
    let path = NSTemporaryDirectory() + "/pyratok-bench-edit-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let clips = try SampleMaker(seed: 1, count: 1, frames: Self.frames, size: 128).write(to: path)
    guard let clip = clips.first else { return ([], []) }
    let probe = EditProbe(codec)
    probe.finish {
      .tokenize(TokenizingRequest(ClipRequest(path: clip.path, size: .native), from: 0), job: $0)
    }
    var random = RandomSource(seed: 5)
    var (flips, undos): ([Delay], [Delay]) = ([], [])
    for index in 0..<Self.count {
      let stride = codec.summary.strides[index % codec.summary.strides.count]
      let frame = random.integer(below: Self.frames)
      let position = TokenPosition(
        level: index % codec.summary.strides.count + 1, step: stride.step(ofFrame: frame),
        row: random.integer(below: 128 / stride.y), column: random.integer(below: 128 / stride.x))
      let bit = random.integer(below: codec.summary.bits)
      probe.look(at: frame)
      probe.finish { .ready(frame: frame, job: $0) }
      flips.append(probe.delay { .edit(.flip(bit: bit, at: position), job: $0) })
      undos.append(probe.delay { _ in .undoAccept })
    }
    return (flips, undos)
  }
}

/// An engine of its own, and a clock beside its events.
// Unchecked: the condition guards what its events change.
private final class EditProbe: @unchecked Sendable {
  private let condition = NSCondition()
  private var engine: Engine?
  private var frame = 0
  private var next = 2
  /// The job of the last edit, which its undo ends again.
  private var awaited = JobID(1)
  private var shown: ContinuousClock.Instant?
  private var ended: ContinuousClock.Instant?

  init(_ codec: any ClipCodec) {
    // Nobody else uses it while the engine is at work.
    nonisolated(unsafe) let codec = codec
    engine = Engine(loadCodec: { _ in codec }, post: { [weak self] in self?.hear($0) })
    engine?.submit(.loadModel(path: nil, job: JobID(1)))
  }

  private func hear(_ event: EngineEvent) {
    condition.lock()
    defer { condition.unlock() }
    switch event {
    case .reconstructed(let first, let frames, _, _, awaited):
      if shown == nil, (first..<first + frames.count).contains(frame) { shown = .now }
    case .finished(awaited), .failed(awaited, _), .cancelled(awaited):
      ended = .now
      condition.signal()
    default: break
    }
  }

  func look(at frame: Int) {
    condition.lock()
    self.frame = frame
    condition.unlock()
    engine?.submit(.show(frame: frame, ahead: 0, clip: JobID(1)))
  }

  /// Waits for the end of a job.
  func finish(_ command: (JobID) -> EngineCommand) { _ = delay(command) }

  func delay(_ command: (JobID) -> EngineCommand) -> EditingSpeed.Delay {
    condition.lock()
    let command = command(JobID(next))
    if command != .undoAccept {
      awaited = JobID(next)
      next += 1
    }
    (shown, ended) = (nil, nil)
    condition.unlock()
    let started = ContinuousClock.now
    engine?.submit(command)
    condition.lock()
    defer { condition.unlock() }
    let limit = Date().addingTimeInterval(600)
    while ended == nil, condition.wait(until: limit) {}
    func seconds(_ moment: ContinuousClock.Instant?) -> Double {
      moment.map { ($0 - started) / .seconds(1) } ?? .nan
    }
    return EditingSpeed.Delay(shown: seconds(shown), whole: seconds(ended))
  }
}

extension SpeedTest {
  /// How soon a flipped bit is seen, and its undo.
  package func editing(_ codec: any ClipCodec) throws -> [SpeedResult] {
    let (flips, undos) = try EditingSpeed(codec).run()
    func rows(_ delays: [Double], _ name: String) -> [SpeedResult] {
      let sorted = delays.sorted()
      return [
        SpeedResult(
          name: "\(name), median of \(delays.count)",
          milliseconds: sorted.isEmpty ? .nan : sorted[sorted.count / 2] * 1000),
        SpeedResult(name: "the same, slowest", milliseconds: (sorted.last ?? .nan) * 1000),
      ]
    }
    return rows(flips.map(\.shown), "flipped bit to the shown frame, 128x128")
      + rows(flips.map(\.whole), "flipped bit to the rest of the clip")
      + rows(undos.map(\.shown), "its undo to the shown frame")
      + rows(undos.map(\.whole), "its undo to the rest of the clip")
  }
}
