import Dispatch
import Foundation
import Tensors
import TestSupport
import Testing
import Tokenization
import VideoIO

@testable import TokenizerEngine

private let box = PixelBox(x: 8, y: 8, width: 24, height: 16)
private let (first, second) = (JobID(2), JobID(3))

private func request(_ region: ClipRegion = ClipRegion(box: box)) -> RegenerationRequest {
  var settings = SamplingSettings()
  settings.steps = 2
  return RegenerationRequest(prompt: "a blue square", region: region, settings: settings)
}

/// An engine and all that it says; `prior` and `codec` are made on its queue.
private func start(
  prior: @escaping @Sendable () throws -> any TokenPrior = { ConstantPrior() },
  codec: @escaping @Sendable () throws -> any ClipCodec = { MosaicCodec() }
) -> (Engine, EventLog) {
  let log = EventLog()
  let engine = Engine(
    loadCodec: { _ in try codec() }, loadPrior: { _ in try prior() }, post: { log.post($0) })
  engine.submit(.loadModel(path: nil, job: JobID(1)))
  return (engine, log)
}

/// What kind of thing an event says about a job; nil where it is about another one.
private func kind(_ event: EngineEvent, _ job: JobID) -> String? {
  switch event {
  case .tokens(_, job): "tokens"
  case .reconstructed(_, _, _, _, job): "reconstructed"
  case .statistics(_, job), .findings(_, job): "statistics"
  case .progress(_, job): "progress"
  case .regenerating(_, job): "regenerating"
  case .regenerated(_, _, _, let isFinal, job): isFinal ? "regenerated" : "preview"
  case .regenerationReport(_, job): "report"
  case .working(_, _, job): "working"
  case .finished(job): "finished"
  case .cancelled(job): "cancelled"
  case .failed(job, _): "failed"
  default: nil
  }
}

private func kinds(_ events: [EngineEvent], _ job: JobID) -> [String] {
  events.compactMap { kind($0, job) }
}

/// Stands still before each prediction: tells that it is there, then waits to be let go.
private struct Gate: Sendable {
  let arrived = DispatchSemaphore(value: 0)
  let opened = DispatchSemaphore(value: 0)

  func enter() {
    arrived.signal()
    opened.wait()
  }

  func open() { for _ in 0..<1000 { opened.signal() } }
}

@Suite struct RegenerationJobTests {
  @Test func aJobTellsOfItsPassesThenOfItsResultThenThatItIsDone() throws {
    let clip = try PictureClip(frames: 9, isTextured: true)
    let (engine, log) = start()
    engine.submit(.regenerate(request(), clip: clip.request, job: first))
    let events = log.wait(until: isLast(first))
    let said = kinds(events, first)
    let rest = said.drop { $0 == "tokens" || $0 == "reconstructed" }
    #expect(rest.drop { $0 == "regenerating" } == ["regenerated", "report", "finished"])
    let steps = events.compactMap { event -> RegenerationProgress? in
      if case .regenerating(let progress, first) = event { progress } else { nil }
    }
    #expect(steps.map(\.level) == [3, 3, 2, 2, 1, 1], "no cell of level 4 lies half inside")
    #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.settled < $1.settled })
    #expect(steps.last.map { $0.settled == $0.total && $0.secondsLeft == 0 } == true)
    for event in events {
      guard case .regenerated(let start, let frames, let tokens, true, _) = event else { continue }
      #expect(start == 0 && frames.count == 9)
      #expect(tokens.map(\.level) == [1, 2, 3])
      let grey = UInt8(ConstantPrior.code(level: 1) & 255)
      for frame in frames { #expect(frame.pixels[3 * (64 * 10 + 20)] == grey) }
    }
    for event in events {
      guard case .regenerationReport(let report, _) = event else { continue }
      #expect(report.redrawn == [5 * 20, 3 * 6, 3 * 2, 0])
      #expect(report.changedOutside == 0)
      #expect(report.outsidePixels == 9 * (64 * 32 - 48 * 32))
      #expect(report.unknownWords == ["blue", "square"])
    }
  }

  @Test func nothingOfACancelledJobComesAfterThat() throws {
    let clip = try PictureClip(frames: 9)
    let gate = Gate()
    let (engine, log) = start(prior: { ConstantPrior(enter: gate.enter) })
    engine.submit(.regenerate(request(), clip: clip.request, job: first))
    gate.arrived.wait()
    engine.submit(.cancel(first))
    gate.open()
    engine.submit(.accept(first))
    let events = log.wait(2, until: isLast(first))
    let said = kinds(events, first)
    #expect(Array(said.suffix(2)) == ["cancelled", "failed"], "there is nothing to accept")
    #expect(!said.contains("regenerated") && !said.contains("report"))
  }

  /// Cancelled in every pass, between two of its predictions.
  @Test(arguments: 1...10)
  func aJobStopsInWhateverPassItIs(predictions: Int) throws {
    let clip = try PictureClip(frames: 5)
    let gate = Gate()
    let (engine, log) = start(prior: { ConstantPrior(enter: gate.enter) })
    engine.submit(.regenerate(request(ClipRegion()), clip: clip.request, job: first))
    for _ in 1..<predictions {
      gate.arrived.wait()
      gate.opened.signal()
    }
    gate.arrived.wait()
    engine.submit(.cancel(first))
    gate.opened.signal()
    let events = log.wait(until: isLast(first))
    #expect(kinds(events, first).last == "cancelled")
    #expect(gate.arrived.wait(timeout: .now()) == .timedOut, "no prediction was begun after that")
    engine.submit(.regenerate(request(), clip: clip.request, job: second))
    gate.open()
    #expect(kinds(log.wait(until: isLast(second)), second).last == "finished")
  }

  @Test(arguments: [first, second])
  func ofTwoJobsInLineOneIsCancelledAlone(cancelled: JobID) throws {
    let clip = try PictureClip(frames: 5)
    let gate = Gate()
    let (engine, log) = start(prior: { ConstantPrior(enter: gate.enter) })
    engine.submit(.regenerate(request(), clip: clip.request, job: first))
    engine.submit(.regenerate(request(ClipRegion()), clip: clip.request, job: second))
    gate.arrived.wait()
    engine.submit(.cancel(cancelled))
    gate.open()
    log.wait(until: isLast(first))
    let events = log.wait(until: isLast(second))
    for job in [first, second] {
      #expect(kinds(events, job).last == (job == cancelled ? "cancelled" : "finished"))
      #expect(kinds(events, job).contains("report") == (job != cancelled))
    }
    if cancelled == second { #expect(kinds(events, second) == ["cancelled"]) }
  }

  @Test func jobsWaitInLine() throws {
    let clip = try PictureClip(frames: 5)
    let (engine, log) = start()
    engine.submit(.regenerate(request(), clip: clip.request, job: first))
    engine.submit(.regenerate(request(), clip: clip.request, job: second))
    let events = log.wait(until: isLast(second))
    let done = try #require(events.firstIndex(of: .finished(first)))
    #expect(kinds(Array(events[..<done]), second).isEmpty)
    #expect(!kinds(events, second).contains("tokens"), "they are known by then")
  }

  @Test func aPriorOfAnotherTokenizerFailsBeforeAnyWork() throws {
    let clip = try PictureClip(frames: 5)
    let (engine, log) = start(prior: { ConstantPrior(sha256: "cd") })
    engine.submit(.regenerate(request(), clip: clip.request, job: first))
    let events = log.wait(until: isLast(first))
    #expect(kinds(events, first) == ["failed"])
    #expect(events.contains(.failed(first, reason: "\(OtherTokenizer())")))
  }

  @Test func priorsOnDiskAreRefusedByTheirTokenizersHash() throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    var configuration = PriorConfiguration()
    (configuration.width, configuration.layers, configuration.heads) = (12, 1, 2)
    (configuration.textWidth, configuration.textLayers, configuration.textHeads) = (8, 0, 2)
    configuration.tokenizer = "other"
    configuration.tokenizerSHA256 = String(repeating: "cd", count: 32)
    func write() throws {
      var random = RandomSource(seed: 1)
      try PriorFolder(
        configuration: configuration,
        tensors: PriorModel(configuration, random: &random).storedWeights(as: .float32),
        vocabulary: BytePairVocabulary()
      ).write(to: path)
    }
    let session = Session(loadCodec: { _ in MosaicCodec() })
    try write()
    #expect {
      try session.checkPrior(path)
    } throws: {
      "\($0)".contains("cdcdcdcdcdcd") && "\($0)".contains("abababababab")
        && !"\($0)".contains("\n")
    }
    configuration.tokenizerSHA256 = MosaicCodec().summary.sha256
    try write()
    try Session(loadCodec: { _ in MosaicCodec() }).checkPrior(path)
    #expect(throws: RegenerationError.self) { try session.checkPrior("/no/prior") }
  }
}

/// What a screen knows: tokens and pictures, as the engine tells of them.
private struct Screen: Equatable {
  var pyramid: TokenPyramid
  var frames: [Int: [UInt8]] = [:]

  init(_ events: [EngineEvent], codec: ModelSummary, frames count: Int, width: Int, height: Int) {
    pyramid = TokenPyramid(
      model: codec, frames: count, width: width, height: height, marginLimit: 0)
    var isWorking = false
    for event in events {
      switch event {
      case .working: isWorking = true
      case .tokens(let slices, _):
        if isWorking { pyramid.replace(slices) } else { pyramid.insert(slices) }
      case .reconstructed(let first, let frames, _, _, _):
        for (index, frame) in zip(first..., frames) { self.frames[index] = frame.pixels }
      default: break
      }
    }
  }
}

@Suite struct AcceptedRegenerationTests {
  private let region = ClipRegion(box: PixelBox(x: 8, y: 8, width: 16, height: 16), span: 6..<9)

  private func screen(_ events: [EngineEvent]) throws -> Screen {
    Screen(events, codec: try makeTinyCodec().summary, frames: 17, width: 32, height: 32)
  }

  /// Events up to the end of what the `count`th change of the working tokens brought.
  private func settled(_ log: EventLog, changes count: Int) -> [EngineEvent] {
    log.wait(untilAll: { events in
      let changes = events.indices.filter { kind(events[$0], first) == "working" }
      guard changes.count >= count, let last = changes.last else { return false }
      return events[last...].contains(where: isLast(first))
    })
  }

  @Test func acceptUndoAndRedoGiveTheExactTokensAndPictures() throws {
    let clip = try PictureClip(frames: 17, width: 32, height: 32, isTextured: true)
    let (engine, log) = start(
      prior: { ConstantPrior(sha256: try makeTinyCodec().summary.sha256) },
      codec: { try makeTinyCodec() })
    engine.submit(.regenerate(request(region), clip: clip.request, job: first))
    let before = try screen(log.wait(until: isLast(first)))
    #expect(before.frames.count == 17 && before.pyramid.isWhole)

    engine.submit(.accept(first))
    let events = settled(log, changes: 1)
    let accepted = try screen(events)
    #expect(events.contains(.working(undo: 1, redo: 0, job: first)))
    #expect(accepted.pyramid != before.pyramid)
    let plane = try #require(accepted.pyramid[level: 1]?.codes(ofStep: 4))
    #expect(plane[5] == ConstantPrior.code(level: 1))
    #expect((0..<17).contains { accepted.frames[$0] != before.frames[$0] })

    // What the tokens decode to, from their beginning.
    let codec = try makeTinyCodec()
    let decode = try codec.startDecoding(muting: Mutes())
    var plain: [[UInt8]] = []
    for chunk in 0..<5 {
      let slices = try #require(accepted.pyramid.slices(ofChunk: chunk, cold: false))
      plain += try decode(slices, PictureSize(width: 32, height: 32)).map(\.pixels)
    }
    for index in 0..<17 { #expect(accepted.frames[index] == plain[index], "frame \(index)") }

    engine.submit(.undoAccept)
    let undone = settled(log, changes: 2)
    #expect(undone.contains(.working(undo: 0, redo: 1, job: first)))
    #expect(try screen(undone) == before)
    engine.submit(.redoAccept)
    #expect(try screen(settled(log, changes: 3)) == accepted)
    engine.submit(.undoAccept)
    engine.submit(.undoAccept)
    #expect(try screen(settled(log, changes: 4)) == before, "one more undo does nothing")
  }

  /// The undo comes when the first frames of the accepted clip are shown, and the others are not.
  @Test func anUndoAmidTheRedrawLeavesNoPictureBehind() throws {
    let clip = try PictureClip(frames: 17, width: 32, height: 32, isTextured: true)
    let log = EventLog()
    let undo = Reaction()
    let engine = Engine(
      loadCodec: { _ in try makeTinyCodec() },
      loadPrior: { _ in ConstantPrior(sha256: try makeTinyCodec().summary.sha256) },
      post: { event in
        log.post(event)
        undo.hear(event)
      })
    engine.submit(.regenerate(request(region), clip: clip.request, job: first))
    let before = try screen(log.wait(until: isLast(first)))
    undo.prepare { engine.submit(.undoAccept) }
    engine.submit(.accept(first))
    #expect(try screen(settled(log, changes: 2)) == before)
  }

  /// Does something once, as soon as the first frames after an accepted step are there.
  // Unchecked: the lock guards the only state.
  private final class Reaction: @unchecked Sendable {
    private let lock = NSLock()
    private var isWorking = false
    private var action: (() -> Void)?

    func prepare(_ action: @escaping () -> Void) { lock.withLock { self.action = action } }

    func hear(_ event: EngineEvent) {
      lock.withLock {
        if case .working = event { isWorking = true }
        guard isWorking, case .reconstructed = event else { return }
        action?()
        action = nil
      }
    }
  }

  @Test func aCancelThatComesTooLateDoesNotSpoilTheResult() throws {
    let clip = try PictureClip(frames: 5)
    let (engine, log) = start()
    engine.submit(.regenerate(request(), clip: clip.request, job: first))
    log.wait(until: isLast(first))
    engine.submit(.cancel(first))
    engine.submit(.accept(first))
    let events = log.wait(2, until: isLast(first))
    #expect(events.contains(.working(undo: 1, redo: 0, job: first)))
    #expect(kinds(events, first).last == "finished")
  }

  @Test func anotherClipsResultIsNotAccepted() throws {
    let (clip, other) = (try PictureClip(frames: 5), try PictureClip(frames: 9))
    let (engine, log) = start()
    engine.submit(.regenerate(request(), clip: clip.request, job: first))
    engine.submit(.tokenize(TokenizingRequest(other.request, from: 0), job: second))
    log.wait(until: isLast(second))
    engine.submit(.accept(first))
    let events = log.wait(2, until: isLast(first))
    #expect(!events.contains { kind($0, first) == "working" })
  }
}

@Suite struct RegenerationExportTests {
  private let size = (width: 64, height: 32)

  /// After a regeneration of 9 frames.
  private func regenerated() throws -> (PictureClip, Engine, EventLog, [EngineEvent]) {
    let clip = try PictureClip(frames: 9, isTextured: true)
    let (engine, log) = start()
    engine.submit(.regenerate(request(), clip: clip.request, job: first))
    let events = log.wait(until: isLast(first))
    #expect(events.contains(.finished(first)))
    return (clip, engine, log, events)
  }

  private func screen(_ events: [EngineEvent]) -> Screen {
    Screen(
      events, codec: MosaicCodec().summary, frames: 9, width: size.width, height: size.height)
  }

  private func codes(_ screen: Screen) -> [[UInt32]] {
    screen.pyramid.levels.map { level in
      (0..<level.steps).flatMap { level.codes(ofStep: $0) ?? [] }
    }
  }

  @Test func tokensOfTheResultAndOfTheWorkingClipAreWritten() throws {
    let (clip, engine, log, before) = try regenerated()
    let folder = try TemporaryFolder()
    func export(_ name: String, result: JobID?, job: Int) throws -> ClipTokens {
      engine.submit(.export(result: result, path: folder.file(name), job: JobID(job)))
      #expect(log.wait(until: isLast(JobID(job))).contains(.finished(JobID(job))))
      return try ClipTokens.read(folder.file(name))
    }
    let working = try export("before.safetensors", result: nil, job: 10)
    #expect(working.grids.map(\.codes) == codes(screen(before)))
    let result = try export("result.safetensors", result: first, job: 11)
    #expect(result.grids[0][2, 1, 2] == ConstantPrior.code(level: 1))
    #expect(result.grids[0][2, 1, 7] == working.grids[0][2, 1, 7])
    engine.submit(.accept(first))
    log.wait(2, until: isLast(first))
    #expect(try export("after.safetensors", result: nil, job: 12).grids == result.grids)
    #expect(try folder.contents().count == 3)
    withExtendedLifetime(clip) {}
  }

  @Test func picturesOfTheResultAndOfTheWorkingClipAreWritten() throws {
    let (clip, engine, log, before) = try regenerated()
    let folder = try TemporaryFolder()
    func export(_ name: String, result: JobID?, job: Int) throws -> [[UInt8]] {
      engine.submit(.export(result: result, path: folder.file(name), job: JobID(job)))
      #expect(log.wait(until: isLast(JobID(job))).contains(.finished(JobID(job))))
      let reader = try VideoReader(path: folder.file(name), size: .native)
      return try reader.frames(0..<9).map(\.pixels)
    }
    let plain = screen(before).frames
    #expect(try export("before.mkv", result: nil, job: 10) == (0..<9).map { plain[$0] })
    let shown = before.compactMap { event -> [Frame]? in
      if case .regenerated(0, let frames, _, true, _) = event { frames } else { nil }
    }
    #expect(try export("result.mkv", result: first, job: 11) == shown.first?.map(\.pixels))
    engine.submit(.accept(first))
    let accepted = screen(log.wait(2, until: isLast(first))).frames
    #expect(try export("after.mkv", result: nil, job: 12) == (0..<9).map { accepted[$0] })
    #expect(try folder.contents() == ["after.mkv", "before.mkv", "result.mkv"])
    withExtendedLifetime(clip) {}
  }

  @Test(arguments: ["/no/such/folder/a.mkv", "/no/such/folder/a.safetensors"])
  func whatCannotBeWrittenFailsInOneLine(path: String) throws {
    let (clip, engine, log, _) = try regenerated()
    for (number, result) in [(10, first), (11, nil), (12, JobID(99))] as [(Int, JobID?)] {
      engine.submit(.export(result: result, path: path, job: JobID(number)))
      let events = log.wait(until: isLast(JobID(number)))
      guard case .failed(_, let reason)? = events.last(where: isLast(JobID(number))) else {
        Issue.record("It was written: \(events.suffix(1))")
        continue
      }
      #expect(!reason.contains("\n") && !reason.isEmpty)
    }
    withExtendedLifetime(clip) {}
  }

  @Test func aCancelledExportLeavesNoFile() throws {
    let clip = try PictureClip(frames: 9)
    let folder = try TemporaryFolder()
    let gate = Gate()
    let (engine, log) = start(prior: { ConstantPrior(enter: gate.enter) })
    engine.submit(.tokenize(TokenizingRequest(clip.request, from: 0), job: JobID(9)))
    log.wait(until: isLast(JobID(9)))
    engine.submit(.regenerate(request(), clip: clip.request, job: first))
    gate.arrived.wait()
    // Both are begun, and stand behind the job at the gate.
    engine.submit(.export(result: nil, path: folder.file("a.mkv"), job: JobID(10)))
    engine.submit(.export(result: nil, path: folder.file("b.mkv"), job: JobID(11)))
    engine.submit(.cancel(JobID(10)))
    gate.open()
    log.wait(until: isLast(JobID(10)))
    let events = log.wait(until: isLast(JobID(11)))
    #expect(events.contains(.cancelled(JobID(10))) && events.contains(.finished(JobID(11))))
    #expect(try folder.contents() == ["b.mkv"])
  }
}
