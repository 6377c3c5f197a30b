import Dispatch
import TestSupport
import Testing
import Tokenization
import VideoIO

@testable import TokenizerEngine

private let place = TokenPosition(level: 1, step: 2, row: 1, column: 2)

/// An engine with a tokenized clip of 9 frames of 64x32.
private func start(_ clip: PictureClip) -> (Engine, EventLog) {
  let log = EventLog()
  let engine = Engine(loadCodec: { _ in MosaicCodec() }, post: { log.post($0) })
  engine.submit(.loadModel(path: nil, job: JobID(1)))
  engine.submit(.tokenize(TokenizingRequest(clip.request, from: 0), job: JobID(2)))
  log.wait(until: isLast(JobID(2)))
  return (engine, log)
}

@Suite struct EditCommandTests {
  @Test func anEditIsToldThenItsTokensThenItsPictures() throws {
    let clip = try PictureClip(frames: 9)
    let (engine, log) = start(clip)
    engine.submit(.edit(.set(code: 0x0ac3, at: place), job: JobID(3)))
    let events = log.wait(until: isLast(JobID(3)))
    let mine = events.drop { if case .edited = $0 { false } else { true } }
    guard case .edited(let report, JobID(3))? = mine.first else {
      Issue.record("Nothing was edited.")
      return
    }
    #expect(report.after == 0x0ac3 && report.changed == 1 && report.before != report.after)
    #expect(mine.dropFirst().first == .working(undo: 1, redo: 0, job: JobID(3)))
    guard case .tokens(let slices, _)? = mine.dropFirst(2).first else { return }
    #expect(slices.map(\.firstStep) == [2] && slices[0].codes[10] == 0x0ac3)
    let greys = mine.compactMap { event -> UInt8? in
      guard case .reconstructed(1, let frames, _, _, JobID(3)) = event else { return nil }
      return frames[3].pixels[3 * (64 * 8 + 16)]
    }
    #expect(greys == [0xc3])
    #expect(events.last == .finished(JobID(3)))
  }

  /// Accepted results and edits are steps of one line.
  @Test func editsAreTakenBackInTheirOrder() throws {
    let clip = try PictureClip(frames: 9)
    let (engine, log) = start(clip)
    for job in 3...5 {
      engine.submit(.edit(.set(code: UInt32(job), at: place), job: JobID(job)))
    }
    log.wait(until: isLast(JobID(5)))
    for _ in 0..<4 { engine.submit(.undoAccept) }
    engine.submit(.redoAccept)
    let steps = log.wait(untilAll: { events in
      events.contains(.working(undo: 1, redo: 2, job: JobID(3)))
        && events.last == .finished(JobID(3))
    }).compactMap { event -> [Int]? in
      if case .working(let undo, let redo, let job) = event {
        [undo, redo, job.number]
      } else {
        nil
      }
    }
    #expect(
      steps == [
        [1, 0, 3], [2, 0, 4], [3, 0, 5], [2, 1, 5], [1, 2, 4], [0, 3, 3], [1, 2, 3],
      ])
    let folder = try TemporaryFolder()
    engine.submit(.export(result: nil, path: folder.file("a.safetensors"), job: JobID(9)))
    log.wait(until: isLast(JobID(9)))
    #expect(try ClipTokens.read(folder.file("a.safetensors")).grids[0][2, 1, 2] == 3)
  }

  @Test func editsWhileTokensAreFoundAreRefusedInOneLine() throws {
    let clip = try PictureClip(frames: 9)
    let (gate, log) = (DispatchSemaphore(value: 0), EventLog())
    let engine = Engine(
      loadCodec: { _ in GatedCodec(gate: gate, beforeChunk: 2) }, post: { log.post($0) })
    engine.submit(.loadModel(path: nil, job: JobID(1)))
    engine.submit(.tokenize(TokenizingRequest(clip.request, from: 0), job: JobID(2)))
    engine.submit(
      .edit(.set(code: 5, at: TokenPosition(level: 1, step: 0, row: 0, column: 0)), job: JobID(3)))
    gate.signal()
    let events = log.wait(until: isLast(JobID(2)))
    #expect(events.contains(.failed(JobID(3), reason: EditError.busy.description)))
    #expect(!events.contains { if case .working = $0 { true } else { false } })
    engine.submit(.edit(.set(code: 5, at: place), job: JobID(4)))
    #expect(log.wait(until: isLast(JobID(4))).contains(.working(undo: 1, redo: 0, job: JobID(4))))
  }

  @Test func whatBitsDoIsToldOfOneTokenAtATime() throws {
    let clip = try PictureClip(frames: 9)
    let (engine, log) = start(clip)
    engine.submit(.ready(frame: 4, job: JobID(0)))
    engine.submit(.explain(place, frame: 4, bit: 15, job: JobID(3)))
    engine.submit(.explain(place, frame: 4, bit: 14, job: JobID(4)))
    let events = log.wait(until: isLast(JobID(4)))
    #expect(events.contains(.cancelled(JobID(3))))
    let effects = events.compactMap { event -> BitEffect? in
      if case .bitEffect(let effect, JobID(4)) = event { effect } else { nil }
    }
    #expect(effects.map(\.bit) == [14] + (0..<14) + [15])
    #expect(effects[0].change.max() == 2, "the mosaic's grey is the code's low byte")
    #expect(effects[0].mean == 2 * 64 / Double(64 * 32))
  }
}
