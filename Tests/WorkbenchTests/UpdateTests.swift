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
      .submit(.tokenize(ExampleModel.request, from: 0, caption: nil, job: JobID(3)))))
}

@Test func aStepMovesThePlayheadAndAsksForItsPicture() {
  var model = ExampleModel.tokenized(size)
  #expect(model.update(.key(.character("."))) == [.submit(.show(frame: 1, ahead: 2))])
  #expect(model.update(.key(.character(","))) == [.submit(.show(frame: 0, ahead: 2))])
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
  #expect(effects == [.submit(.show(frame: 16, ahead: 2))])
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
  #expect(press([.character("2"), .character("y")], &model) == [.copy("0000")])
}

@Test func quittingAlwaysWorks() {
  for var model in [ExampleModel.started(size), ExampleModel.tokenized(Size(width: 1, height: 1))] {
    #expect(model.update(.key(.character("q"))) == [.quit])
    #expect(model.isQuitting)
  }
}

@Test func everyActionHasAKeyThatTheKeymapKnows() {
  let keys: [Key] =
    "0123$.,lLhH[]am'\"{}txybcTS:/?qjkMBUnN".map { .character($0) } + [
      .space, .tab, .backTab, .up, .down, .left, .right, .control("p"), .control("l"),
      .control("z"),
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
