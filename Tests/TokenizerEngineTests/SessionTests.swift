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

private func pixels(_ outcomes: [JobOutcome]) -> [Int: [UInt8]] {
  outcomes.reduce(into: [:]) { pixels, outcome in
    guard case .frames(let first, let frames, _, _) = outcome else { return }
    for (index, frame) in zip(first..., frames) { pixels[index] = frame.pixels }
  }
}

@Test(arguments: [1, 2, 4, 5, 17, 30])
func everyFrameIsReconstructedOnceWhateverTheLength(count: Int) throws {
  let clip = try PictureClip(frames: count)
  let session = Session { _ in MosaicCodec() }
  try session.open(clip.request)
  let outcomes = try drain(session.tokenizing(from: 0, caption: nil))
  #expect(frames(outcomes) == Array(0..<count))
  #expect(session.pyramid?.isWhole == true)
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

/// Runs a job for some steps only, as if it were cancelled then.
private func run(_ job: any SessionJob, steps: Int) throws -> [JobOutcome] {
  var outcomes: [JobOutcome] = []
  for _ in 0..<steps { outcomes += try job.step() ?? [] }
  return outcomes
}

@Test(arguments: [0, 1, 5, 9, 14, 20, 27], [(0, 3), (40, 3), (59, 9), (33, 0), (70, 20)])
func whatWasCancelledGoesOnToTheSameTokens(steps: Int, place: (playhead: Int, reach: Int)) throws {
  let clip = try PictureClip(frames: 81)
  let codec = MosaicCodec(reach: place.reach)
  let whole = Session { _ in codec }
  try whole.open(clip.request)
  let reference = try drain(whole.tokenizing(from: 0, caption: nil))
  let session = Session { _ in codec }
  try session.open(clip.request)
  var outcomes: [JobOutcome] = []
  for playhead in [place.playhead, 11, 75] {
    let job = try session.tokenizing(from: playhead, caption: nil, isContinued: true)
    outcomes += try run(job, steps: steps)
  }
  outcomes += try drain(session.tokenizing(from: 50, caption: nil, isContinued: true))
  #expect(session.pyramid == whole.pyramid)
  #expect(Set(frames(outcomes)) == Set(frames(reference)))
  #expect(pixels(outcomes) == pixels(reference))
  let rest = try drain(session.tokenizing(from: 3, caption: nil, isContinued: true))
  #expect(rest.isEmpty, "all is known")
}

@Test func anotherCaptionStartsAnew() throws {
  let clip = try PictureClip(frames: 9)
  let session = Session { _ in MosaicCodec() }
  try session.open(clip.request)
  _ = try drain(session.tokenizing(from: 0, caption: nil))
  let again = try drain(session.tokenizing(from: 0, caption: "a cat", isContinued: true))
  #expect(frames(again) == Array(0..<9))
}

/// With the real arithmetic: a small model with random weights, cancelled and continued elsewhere.
@Test func theRealTokenizerGoesOnToTheSameTokens() throws {
  let clip = try PictureClip(frames: 161, width: 32, height: 32, isTextured: true)
  let codec = try makeTinyCodec()
  #expect(codec.summary.encoderReach > 20)
  let whole = Session { _ in codec }
  try whole.open(clip.request)
  let reference = try drain(whole.tokenizing(from: 0, caption: nil))
  let session = Session { _ in codec }
  try session.open(clip.request)
  var outcomes = try run(session.tokenizing(from: 150, caption: nil), steps: 20)
  outcomes += try run(session.tokenizing(from: 10, caption: nil, isContinued: true), steps: 9)
  outcomes += try drain(session.tokenizing(from: 150, caption: nil, isContinued: true))
  #expect(session.pyramid == whole.pyramid)
  #expect(pixels(outcomes) == pixels(reference))
}

@Test func marginsAreFoundAgainAroundAFrame() throws {
  let clip = try PictureClip(frames: 41, width: 32, height: 32, isTextured: true)
  let codec = try makeTinyCodec()
  let session = Session { _ in codec }
  try session.open(clip.request)
  var shown = TokenPyramid(model: codec.summary, frames: 41, width: 32, height: 32, marginLimit: 0)
  for outcome in try drain(session.tokenizing(from: 0, caption: nil)) {
    if case .tokens(let slices) = outcome { shown.insert(slices) }
  }
  #expect(shown.isWhole && !shown.hasMargins(frame: 20))
  var again = TokenPyramid(model: codec.summary, frames: 41, width: 32, height: 32)
  let job = try session.tokenizing(from: 20, caption: nil, isContinued: true, wantsMargins: true)
  for outcome in try drain(job) {
    if case .tokens(let slices) = outcome { again.insert(slices) }
  }
  #expect(again.hasMargins(frame: 20))
  for level in again.levels {
    let step = level.stride.step(ofFrame: 20)
    #expect(level.codes(ofStep: step) == shown[level: level.level]?.codes(ofStep: step))
  }
}
