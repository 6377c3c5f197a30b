import Foundation
import Testing
import VideoIO

@testable import TokenizerEngine

private func start(_ codec: @escaping @Sendable () -> any ClipCodec) -> (Engine, EventLog) {
  let log = EventLog()
  let engine = Engine(loadCodec: { _ in codec() }, post: { log.post($0) })
  engine.submit(.loadModel(path: nil, job: JobID(1)))
  return (engine, log)
}

@Test func aClipIsTokenizedAndEveryFrameComes() throws {
  let clip = try PictureClip(frames: 13)
  let (engine, log) = start { MosaicCodec() }
  engine.submit(.tokenize(TokenizingRequest(clip.request, from: 0), job: JobID(2)))
  let events = log.wait(until: isLast(JobID(2)))
  let frames = events.reduce(into: 0) { count, event in
    if case .reconstructed(_, let frames, _, _, _) = event { count += frames.count }
  }
  #expect(frames == 13)
  #expect(events.contains(.finished(JobID(2))))
  #expect(
    events.contains {
      if case .statistics(let levels, JobID(2)) = $0 { return levels.count == 4 }
      return false
    })
}

@Test func picturesDoNotWaitForTheModel() throws {
  let clip = try PictureClip(frames: 3)
  let gate = DispatchSemaphore(value: 0)
  let log = EventLog()
  let engine = Engine(
    loadCodec: { _ in
      gate.wait()
      return MosaicCodec()
    }, post: { log.post($0) })
  engine.submit(.loadModel(path: nil, job: JobID(1)))
  engine.submit(.open(clip.request, job: JobID(2)))
  engine.submit(.show(frame: 1, ahead: 0, clip: JobID(2)))
  _ = log.wait { if case .picture(1, _, JobID(2)) = $0 { true } else { false } }
  gate.signal()
  _ = log.wait(until: isLast(JobID(1)))
}

@Test func cancellingEndsAJobAndOnlyThatOne() throws {
  let clip = try PictureClip(frames: 40)
  let gate = DispatchSemaphore(value: 0)
  let (engine, log) = start { GatedCodec(gate: gate, beforeChunk: 3) }
  engine.submit(.tokenize(TokenizingRequest(clip.request, from: 0), job: JobID(2)))
  _ = log.wait { if case .tokens(_, JobID(2)) = $0 { true } else { false } }
  // The job stands at the gate while the others are told what to do.
  engine.submit(.redraw(frame: 0, muting: Mutes(), job: JobID(3)))
  engine.submit(.cancel(JobID(2)))
  gate.signal()
  let events = log.wait(until: isLast(JobID(2)))
  #expect(events.contains(.cancelled(JobID(2))))
  #expect(!events.contains(.finished(JobID(2))))
  #expect(log.wait(until: isLast(JobID(3))).contains(.finished(JobID(3))))
}

@Test func anOpeningThatWasCancelledBringsNoClip() throws {
  let clip = try PictureClip(frames: 3)
  let (engine, log) = start { MosaicCodec() }
  engine.submit(.cancel(JobID(2)))
  engine.submit(.open(clip.request, job: JobID(2)))
  engine.submit(.open(clip.request, job: JobID(3)))
  let events = log.wait { if case .clipOpened(_, JobID(3)) = $0 { true } else { false } }
  #expect(events.contains(.cancelled(JobID(2))))
  #expect(!events.contains { if case .clipOpened(_, JobID(2)) = $0 { true } else { false } })
}

/// What has to be searched or decoded to be opened asks again and again whether to stop.
@Test func aLongOpeningStopsWhenToldTo() {
  let sample = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("samples/world-4-0.mkv").path
  #expect(throws: VideoError.self) { try OpenedClip(ClipRequest(path: sample)) { true } }
  #expect(throws: VideoError.self) {
    try Session { _ in MosaicCodec() }.open(ClipRequest(path: sample)) { true }
  }
}

@Test func aPictureOfTheClipBeforeIsNotServed() throws {
  let (first, second) = (try PictureClip(frames: 3), try PictureClip(frames: 2))
  let (engine, log) = start { MosaicCodec() }
  engine.submit(.open(first.request, job: JobID(2)))
  _ = log.wait { if case .clipOpened(_, JobID(2)) = $0 { true } else { false } }
  engine.submit(.open(second.request, job: JobID(3)))
  _ = log.wait { if case .clipOpened(_, JobID(3)) = $0 { true } else { false } }
  engine.submit(.show(frame: 2, ahead: 0, clip: JobID(2)))
  engine.submit(.open(first.request, job: JobID(4)))
  _ = log.wait { if case .clipOpened(_, JobID(4)) = $0 { true } else { false } }
  engine.submit(.show(frame: 1, ahead: 0, clip: JobID(4)))
  let events = log.wait { if case .picture(1, _, JobID(4)) = $0 { true } else { false } }
  #expect(events.count { if case .picture = $0 { true } else { false } } == 1)
}

@Test func whatIsContinuedEndsTheJobThatRanAndKeepsItsTokens() throws {
  let clip = try PictureClip(frames: 200)
  let gate = DispatchSemaphore(value: 0)
  let (engine, log) = start { GatedCodec(gate: gate, beforeChunk: 3) }
  engine.submit(.tokenize(TokenizingRequest(clip.request, from: 0), job: JobID(2)))
  _ = log.wait { if case .tokens(_, JobID(2)) = $0 { true } else { false } }
  let next = TokenizingRequest(clip.request, from: 100, isContinued: true)
  engine.submit(.tokenize(next, job: JobID(3)))
  for _ in 0..<9 { gate.signal() }
  let events = log.wait(until: isLast(JobID(3)))
  #expect(events.contains(.cancelled(JobID(2))))
  let steps = events.reduce(into: [Int]()) { steps, event in
    if case .tokens(let slices, _) = event {
      steps += slices.filter { $0.level == 4 }.map(\.firstStep)
    }
  }
  #expect(Set(steps).count == 51, "every step of level 4 came")
}

@Test func aRedrawOfTheShownFrameComesBetweenTheChunksOfALongJob() throws {
  let clip = try PictureClip(frames: 400)
  let (engine, log) = start { MosaicCodec() }
  engine.submit(.tokenize(TokenizingRequest(clip.request, from: 0), job: JobID(2)))
  _ = log.wait { if case .tokens = $0 { true } else { false } }
  engine.submit(.redraw(frame: 0, muting: Mutes(), job: JobID(3)))
  let events = log.wait(until: isLast(JobID(2)))
  let redrawn = events.firstIndex(where: isLast(JobID(3)))
  let done = events.firstIndex(where: isLast(JobID(2)))
  #expect(redrawn.map { index in done.map { index < $0 } ?? false } ?? false)
}

@Test func aFaultOfTheModelIsToldInItsOwnWordsAndTheEngineGoesOn() throws {
  let clip = try PictureClip(frames: 30)
  let (engine, log) = start { FailingCodec(afterChunks: 3) }
  engine.submit(.tokenize(TokenizingRequest(clip.request, from: 0), job: JobID(2)))
  let events = log.wait(until: isLast(JobID(2)))
  #expect(events.contains(.failed(JobID(2), reason: "the model fell over")))
  engine.submit(.loadModel(path: nil, job: JobID(4)))
  #expect(log.wait(until: isLast(JobID(4))).contains(.finished(JobID(4))))
}

@Test func aClipThatIsNotThereFailsItsJob() {
  let (engine, log) = start { MosaicCodec() }
  engine.submit(.open(ClipRequest(path: "/nowhere/at/all.mp4"), job: JobID(2)))
  let events = log.wait(until: isLast(JobID(2)))
  #expect(
    events.contains {
      if case .failed(JobID(2), let reason) = $0 { return !reason.contains("\n") }
      return false
    })
}
