import Testing

@testable import TokenizerEngine

/// Everything that a job brings.
private func drain(_ job: any SessionJob) throws -> [JobOutcome] {
  var outcomes: [JobOutcome] = []
  while let step = try job.step() { outcomes += step }
  return outcomes
}

private func frames(_ outcomes: [JobOutcome]) -> [Int] {
  outcomes.flatMap { outcome -> [Int] in
    guard case .frames(let first, let frames, _, _) = outcome else { return [] }
    return Array(first..<first + frames.count)
  }
}

@Test(arguments: [1, 2, 4, 5, 17, 30])
func everyFrameIsReconstructedOnceWhateverTheLength(count: Int) throws {
  let clip = try PictureClip(frames: count)
  let session = Session { _ in MosaicCodec() }
  try session.open(clip.request)
  let outcomes = try drain(session.tokenizing(from: 0, caption: nil))
  #expect(frames(outcomes) == Array(0..<count))
  #expect(session.pyramid?.levels.allSatisfy { $0.isKnown.allSatisfy { $0 } } == true)
}

@Test(arguments: [(0, 3), (11, 3), (40, 3), (59, 3), (40, 9), (33, 0)])
func tokensDoNotDependOnWhereThePlayheadStood(playhead: Int, reach: Int) throws {
  let clip = try PictureClip(frames: 60)
  let whole = Session { _ in MosaicCodec(reach: reach) }
  try whole.open(clip.request)
  let reference = try drain(whole.tokenizing(from: 0, caption: nil))
  let session = Session { _ in MosaicCodec(reach: reach) }
  try session.open(clip.request)
  let outcomes = try drain(session.tokenizing(from: playhead, caption: nil))
  #expect(session.pyramid == whole.pyramid)
  #expect(frames(outcomes).sorted() == frames(reference))
  #expect(frames(outcomes).first.map { $0 <= playhead } == true, "what is shown comes first")
}

@Test func decodingFromTheMiddleEqualsDecodingTheWhole() throws {
  let clip = try PictureClip(frames: 30)
  let session = Session { _ in MosaicCodec(reach: 3) }
  try session.open(clip.request)
  var whole: [Int: JobOutcome] = [:]
  for outcome in try drain(session.tokenizing(from: 0, caption: nil)) {
    if case .frames(let first, _, _, _) = outcome { whole[first] = outcome }
  }
  let again = try drain(session.redrawing(frame: 21, muting: Mutes(), frames: 4))
  #expect(frames(again) == [21, 22, 23, 24])
  guard case .frames(_, let new, _, _)? = again.first,
    case .frames(_, let old, _, _)? = whole[21]
  else {
    Issue.record("nothing was decoded")
    return
  }
  #expect(new.map(\.pixels) == old.map(\.pixels))
}

@Test func mutingALevelChangesTheDecodeAndNotTheTokens() throws {
  let clip = try PictureClip(frames: 9)
  let session = Session { _ in MosaicCodec() }
  try session.open(clip.request)
  _ = try drain(session.tokenizing(from: 0, caption: nil))
  let before = session.pyramid
  var mutes = Mutes()
  for level in 1...4 { mutes.toggle(level: level) }
  let outcomes = try drain(session.redrawing(frame: 0, muting: mutes, frames: 9))
  #expect(frames(outcomes) == Array(0..<9))
  #expect(session.pyramid == before)
  guard case .frames(_, let dark, _, _)? = outcomes.first else { return }
  #expect(dark[0].pixels.allSatisfy { $0 == 0 })
}

@Test func aStartBehindTheEndIsRefusedInOneLine() throws {
  let clip = try PictureClip(frames: 3)
  var request = clip.request
  request.start = 99
  let session = Session { _ in MosaicCodec() }
  #expect(throws: EngineError.self) { try session.open(request) }
}

@Test func anOddNumberOfFramesFromAnOffsetIsCutOut() throws {
  let clip = try PictureClip(frames: 12)
  var request = clip.request
  request.frames = 3
  request.start = 0.2
  let session = Session { _ in MosaicCodec() }
  let summary = try session.open(request)
  #expect(summary.frameCount == 3)
  #expect(summary.firstFrame > 0)
  #expect(summary.times.first == 0)
}
