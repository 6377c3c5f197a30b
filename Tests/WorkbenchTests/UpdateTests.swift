import Testing
import TokenizerEngine

@testable import Workbench

private let size = Size(width: 80, height: 24)

private func press(_ keys: [Key], _ model: inout AppModel) -> [Effect] {
  keys.flatMap { model.update(.key($0)) }
}

private func type(_ text: String, _ model: inout AppModel) -> [Effect] {
  press(text.map { .character($0) } + [.enter], &model)
}

@Test func startingOpensTheClipAndLoadsTheModel() {
  var model = AppModel(size: size)
  let effects = model.start(ExampleModel.request, model: "nano", caption: nil)
  #expect(
    effects == [
      .submit(.open(ExampleModel.request, job: JobID(1))),
      .submit(.loadModel(path: "nano", job: JobID(2))),
    ])
}

@Test func theTokensAreAskedForWhenClipAndModelAreThere() {
  var model = ExampleModel.opened(size)
  let effects = model.update(.engine(.modelLoaded(ExampleModel.summary, job: JobID(2))))
  #expect(
    effects.contains(
      .submit(.tokenize(TokenizingRequest(ExampleModel.request, from: 0), job: JobID(3)))))
}

@Test func aStepMovesThePlayheadAndAsksForItsPicture() {
  var model = ExampleModel.tokenized(size)
  #expect(
    model.update(.key(.character("."))) == [.submit(.show(frame: 1, ahead: 2, clip: JobID(1)))])
  #expect(
    model.update(.key(.character(","))) == [.submit(.show(frame: 0, ahead: 2, clip: JobID(1)))])
  #expect(model.update(.key(.character(","))).isEmpty, "the first frame has none before it")
  _ = model.update(.key(.pageDown))
  #expect(model.clip.playhead == 10)
  _ = model.update(.key(.end))
  #expect(model.clip.playhead == 16)
}

@Test func playingFollowsTheClockAndDropsFrames() {
  var model = ExampleModel.tokenized(size)
  _ = model.update(.clock(100))
  _ = model.update(.key(.space))
  #expect(model.nextDeadline.map { abs($0 - 100.04) < 1e-9 } == true)
  _ = model.update(.clock(100.2))
  #expect(model.clip.playhead == 5)
  _ = model.update(.clock(100.69))
  #expect(model.clip.playhead == 0, "behind the end it starts again")
  _ = model.update(.key(.space))
  #expect(model.nextDeadline == nil, "nothing moves, so nothing wakes")
}

@Test func theLoopIsPlayedOverAndOver() {
  var model = ExampleModel.tokenized(size)
  _ = type(":loop 4:8", &model)
  _ = model.update(.clock(10))
  _ = model.update(.key(.space))
  #expect(model.clip.playhead == 4)
  _ = model.update(.clock(10.17))
  #expect(model.clip.playhead == 8)
  _ = model.update(.clock(10.21))
  #expect(model.clip.playhead == 4)
}

@Test func marksAreSetVisitedAndTakenAway() {
  var model = ExampleModel.tokenized(size)
  _ = type(":5", &model)
  _ = press([.character("m")], &model)
  _ = type(":frame +7", &model)
  _ = press([.character("m"), .character("'")], &model)
  #expect(model.clip.marks == [5, 12])
  #expect(model.clip.playhead == 5)
  _ = press([.character("m")], &model)
  #expect(model.clip.marks == [12])
}

@Test func draggingOnTheTimelineScrubs() {
  var model = ExampleModel.tokenized(size)
  let row = 24 - 2 - 4 - 1
  _ = model.update(.key(.mouse(MouseEvent(.press, x: 40, y: row))))
  let middle = model.clip.playhead
  #expect((7...9).contains(middle))
  let effects = model.update(.key(.mouse(MouseEvent(.drag, x: 200, y: 3))))
  #expect(model.clip.playhead == 16)
  #expect(effects == [.submit(.show(frame: 16, ahead: 2, clip: JobID(1)))])
  _ = model.update(.key(.mouse(MouseEvent(.release, x: 200, y: 3))))
  _ = model.update(.key(.mouse(MouseEvent(.drag, x: 5, y: row))))
  #expect(model.clip.playhead == 16, "nothing is held any more")
}

@Test func levelsKeepThePlaceOfTheCursor() {
  var model = ExampleModel.tokenized(size)
  _ = press([.character("2")] + Array(repeating: .right, count: 9), &model)
  _ = press(Array(repeating: .down, count: 5) + [.character("{"), .character("{")], &model)
  #expect(model.tokens.level == 3)
  #expect((model.tokens.row, model.tokens.column) == (2, 4))
  _ = press([.character("{"), .character("{")], &model)
  #expect(model.tokens.level == 4)
  _ = press(Array(repeating: .character("}"), count: 9), &model)
  #expect(model.tokens.level == 1)
}

@Test func mutingALevelAsksForADecodeOnce() {
  var model = ExampleModel.tokenized(size)
  _ = press([.character("2")], &model)
  let effects = model.update(.key(.character("M")))
  var mutes = Mutes()
  mutes.toggle(level: 1)
  #expect(effects == [.submit(.redraw(frame: 0, muting: mutes, job: JobID(4)))])
  #expect(model.update(.key(.down)).isEmpty)
  _ = model.update(
    .engine(
      .reconstructed(
        first: 0, frames: [ExampleModel.frame(0)], psnr: [12], muting: mutes, job: JobID(4))))
  #expect(model.clip.reconstruction(of: 0, muting: mutes) != nil)
  #expect(model.clip.quality[0] == 24, "the figure without mutes stays")
  #expect(model.update(.key(.character("M"))).isEmpty, "the whole decode is still there")
}

@Test func aBitIsChosenAndMuted() {
  var model = ExampleModel.tokenized(size)
  _ = press([.character("2"), .tab, .right, .right, .down], &model)
  #expect(model.tokens.bit == 6)
  _ = model.update(.key(.character("B")))
  #expect(model.tokens.mutes.contains(bit: 6, level: 1))
  _ = press([.escape], &model)
  #expect(model.tokens.bit == nil)
  _ = press([.character("U")], &model)
  #expect(model.tokens.mutes.isEmpty)
}

@Test func theNextPlaceOfACodeIsVisitedAndTheClockFollows() {
  var model = ExampleModel.tokenized(size)
  _ = press([.character("2"), .character("n")], &model)
  #expect((model.tokens.row, model.tokens.column) == (0, 1))
  _ = press([.character("N"), .character("N")], &model)
  let cursor = model.tokens.cursor(atFrame: model.clip.playhead)
  #expect(cursor.flatMap { model.tokens.pyramid?.code(at: $0) } == 0)
}

@Test func eventsOfACancelledJobChangeNothing() {
  var model = ExampleModel.halfway(size)
  #expect(model.update(.key(.character("x"))) == [.submit(.cancel(JobID(3)))])
  _ = model.update(.engine(.cancelled(JobID(3))))
  let before = model
  _ = model.update(.engine(.tokens(ExampleModel.slices(frames: 17), job: JobID(3))))
  _ = model.update(.engine(.statistics([], job: JobID(3))))
  #expect(model == before)
}

@Test func anErrorStaysUntilTheNextKey() {
  var model = ExampleModel.opened(size)
  _ = model.update(.engine(.failed(JobID(2), reason: "no weights")))
  _ = model.update(.clock(1_000))
  #expect(model.notice?.text == "no weights")
  _ = model.update(.key(.character(".")))
  #expect(model.notice == nil)
}

@Test func commandsAreCompletedAndMistakesAreNamed() {
  var model = ExampleModel.tokenized(size)
  _ = press([.character(":"), .character("t"), .character("h"), .tab], &model)
  #expect(model.overlay == .command(CommandLine(text: "theme ")))
  let effects = type("light", &model)
  #expect(effects == [.theme("light")])
  _ = type(":fram x", &model)
  #expect(model.notice?.isError == true)
  _ = type(":nonsense", &model)
  #expect(model.notice?.text.contains("nonsense") == true)
}

@Test func anotherSizeOpensTheClipAgain() {
  var model = ExampleModel.tokenized(size)
  var request = ExampleModel.request
  request.size = .square(64)
  #expect(type(":square 64", &model) == [.submit(.open(request, job: JobID(4)))])
  #expect(model.clip.summary == nil)
}

@Test func copyingGivesTheCodeOrTheCommand() {
  var model = ExampleModel.tokenized(size)
  #expect(press([.character("y")], &model) == [.copy("pyratok snapshot clip /clips/example.mp4")])
  #expect(press([.character("2"), .character("y")], &model).contains(.copy("0000")))
}

@Test func quittingAlwaysWorks() {
  for var model in [ExampleModel.started(size), ExampleModel.tokenized(Size(width: 1, height: 1))] {
    #expect(model.update(.key(.character("q"))) == [.quit])
    #expect(model.isQuitting)
  }
}

@Test func everyActionHasAKeyThatTheKeymapKnows() {
  let keys: [Key] =
    "012345$.,lLhH[]aom'\"{}txybcTS:/?qjkMBUnN+-svprCXRwOQgGdPV<>uefiI".map { .character($0) } + [
      .space, .tab, .backTab, .up, .down, .left, .right, .control("p"), .control("l"),
      .control("z"), .control("r"), .pageDown, .enter, .named(.left, .shift),
      .named(.right, .shift), .named(.up, .shift), .named(.down, .shift),
    ]
  for action in Action.allCases {
    let views = action.views ?? ViewName.allCases
    for view in views {
      #expect(
        keys.contains { Keymap.action(for: $0, on: view) == action },
        "\(action) on \(view) has no key")
    }
  }
}

@Test func scriptsAreReadAndTheirMistakesNamed() throws {
  let steps = try KeyScript.parse("2 } right\n# no\nwait 0.5\n:5\nctrl-p esc")
  #expect(
    steps == [
      .key(.character("2")), .key(.character("}")), .key(.right), .wait(0.5),
      .key(.character(":")), .key(.character("5")), .key(.enter), .key(.control("p")),
      .key(.escape),
    ])
  #expect(throws: KeyScript.Mistake.self) { try KeyScript.parse("2\nfoo") }
}

/// The clip on screen was replaced while answers about it were under way.
@Test func eventsOfTheClipBeforeChangeNothing() {
  var model = ExampleModel.halfway(size)
  let other = ClipRequest(path: "/clips/other.mp4")
  #expect(
    type(":open /clips/other.mp4", &model) == [
      .submit(.cancel(JobID(3))), .submit(.open(other, job: JobID(4))),
    ])
  func expectNothing() {
    let late: [EngineEvent] = [
      .picture(index: 5, ExampleModel.frame(5), clip: JobID(1)),
      .pictureFailed(index: 5, reason: "gone", clip: JobID(1)),
      .clipOpened(ExampleModel.clip(), job: JobID(1)),
      .modelLoaded(ExampleModel.summary, job: JobID(2)),
      .tokens(ExampleModel.slices(frames: 17), job: JobID(3)),
      .reconstructed(
        first: 0, frames: [ExampleModel.frame(0)], psnr: [20], muting: Mutes(), job: JobID(3)),
      .statistics([], job: JobID(3)),
      .findings(CodebookFindings(levels: [], alerts: []), job: JobID(3)),
      .progress(
        JobProgress(done: 1, total: 2, framesPerSecond: 1), job: JobID(3)),
      .failed(JobID(3), reason: "no more"), .failed(JobID(1), reason: "no more"),
      .finished(JobID(3)), .cancelled(JobID(3)), .cancelled(JobID(1)),
    ]
    for event in late {
      let before = model
      #expect(model.update(.engine(event)).isEmpty)
      #expect(model == before, "\(event)")
    }
  }
  expectNothing()
  var clip = ExampleModel.clip()
  clip.request = other
  _ = model.update(.engine(.clipOpened(clip, job: JobID(4))))
  expectNothing()
  _ = model.update(.engine(.picture(index: 0, ExampleModel.frame(0), clip: JobID(4))))
  #expect(model.clip.picture?.index == 0)
}

@Test func openingIsAJobThatEndsByKeyOrByAnotherOpening() {
  var model = ExampleModel.started(size)
  #expect(model.shownJob?.title == "opening example.mp4")
  #expect(model.update(.key(.character("x"))) == [.submit(.cancel(JobID(1)))])
  let effects = type(":open /clips/b.ts", &model)
  let next = ClipRequest(path: "/clips/b.ts")
  #expect(effects == [.submit(.cancel(JobID(1))), .submit(.open(next, job: JobID(3)))])
  _ = model.update(.engine(.cancelled(JobID(1))))
  #expect(model.notice == nil, "nobody waits for that one any more")
  _ = model.update(.engine(.cancelled(JobID(3))))
  #expect(model.notice?.text.contains(":open") == true)
}

@Test func whatIsMissingIsTokenizedAndNothingElse() {
  var model = ExampleModel.tokenized(size)
  #expect(model.update(.key(.character("t"))).isEmpty)
  #expect(model.notice?.text == "Every token of this clip is known.")
  model = ExampleModel.halfway(size)
  let half = ExampleModel.slices(frames: 17).map { $0.singleSteps[0] }
  _ = model.update(.engine(.tokens(half, job: JobID(3))))
  _ = press([.character("x")], &model)
  _ = model.update(.engine(.cancelled(JobID(3))))
  #expect(model.notice?.text.contains("t goes on") == true)
  let request = TokenizingRequest(ExampleModel.request, from: 10, isContinued: true)
  _ = press([.pageDown], &model)
  #expect(press([.character("t")], &model) == [.submit(.tokenize(request, job: JobID(5)))])
  #expect(model.tokens.pyramid?.isKnown(frame: 0) == true, "what was known stays")
}

@Test func aJobThatIsTakenOverStillBringsItsTokens() {
  var model = ExampleModel.halfway(size)
  _ = press([.character("t")], &model)
  _ = model.update(.engine(.tokens(ExampleModel.slices(frames: 17), job: JobID(3))))
  #expect(model.tokens.pyramid?.isWhole == true)
  _ = model.update(.engine(.cancelled(JobID(3))))
  #expect(model.notice == nil)
  #expect(model.shownJob?.id == JobID(4))
}

@Test func aFrameThatTheJobHasPassedIsAskedForWhileTokensAreStillMade() {
  func redraw(_ frame: Int) -> Effect {
    .submit(.redraw(frame: frame, muting: Mutes(), job: JobID(4)))
  }
  var model = ExampleModel.halfway(size)
  _ = model.update(.engine(.tokens(ExampleModel.slices(frames: 17), job: JobID(3))))
  #expect(!press([.character(".")], &model).contains(redraw(1)), "it comes by itself")
  let late = EngineEvent.reconstructed(
    first: 16, frames: [ExampleModel.frame(16)], psnr: [20], muting: Mutes(), job: JobID(3))
  _ = model.update(.engine(late))
  #expect(press([.pageDown], &model).contains(redraw(11)))
}

@Test func aModelThatIsMissingIsLoadedAgain() {
  var model = ExampleModel.opened(size)
  #expect(press([.character("t")], &model).isEmpty, "it is loading")
  _ = model.update(.engine(.failed(JobID(2), reason: "no weights")))
  #expect(
    press([.character("t")], &model) == [.submit(.loadModel(path: nil, job: JobID(3)))])
}
