import Testing
import Tokenization
import VideoIO

@testable import TokenizerEngine

@Test func aLadderSaysWhatEachLevelAddsAndWhatIsLost() {
  var ladder = LevelLadder(frames: 3..<20, levels: 4)
  #expect(!ladder.isWhole)
  #expect(ladder.gain(ofLevel: 4) == nil)
  ladder.none = 8
  ladder.upTo = [26, 22, 18, 14]
  ladder.without = [22, 25, 20, 12]
  #expect((1...4).map { ladder.gain(ofLevel: $0) } == [4, 4, 4, 6])
  #expect((1...4).map { ladder.loss(ofLevel: $0) } == [4, 1, 6, 14])
  #expect(ladder.isWhole)
}

/// The mosaic paints the finest level that is not muted: finer levels give more, and any one but the
/// finest can be missed.
@Test func theLadderOfAClipIsMeasuredByDecoding() throws {
  let clip = try PictureClip(frames: 21)
  let log = EventLog()
  let engine = Engine(loadCodec: { _ in MosaicCodec() }, post: { log.post($0) })
  engine.submit(.loadModel(path: nil, job: JobID(1)))
  engine.submit(.tokenize(TokenizingRequest(clip.request, from: 0), job: JobID(2)))
  log.wait(until: isLast(JobID(2)))
  engine.submit(.measureLadder(frame: 2, job: JobID(3)))
  let ladders = log.wait(until: isLast(JobID(3))).compactMap { event -> LevelLadder? in
    if case .ladder(let ladder, JobID(3)) = event { ladder } else { nil }
  }
  let ladder = try #require(ladders.last)
  #expect(ladders.count == 9, "one for each set of levels")
  #expect(ladder.isWhole)
  #expect(ladder.frames == 2..<19)
  let (all, second) = (ladder.upTo[0], ladder.upTo[1])
  #expect(ladder.without == [second, all, all, all])
  #expect(try #require(ladder.none) < #require(all))
}

@Test func aLadderOfUnknownTokensIsRefused() throws {
  let log = EventLog()
  let engine = Engine(loadCodec: { _ in MosaicCodec() }, post: { log.post($0) })
  engine.submit(.loadModel(path: nil, job: JobID(1)))
  log.wait(until: isLast(JobID(1)))
  engine.submit(.measureLadder(frame: 0, job: JobID(2)))
  let events = log.wait(until: isLast(JobID(2)))
  #expect(events.contains(.failed(JobID(2), reason: EngineError.noClip.description)))
}
