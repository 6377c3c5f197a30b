import Testing
import Tokenization
import TokenizerEngine

@testable import Workbench

private let size = Size(width: 80, height: 24)

private func press(_ keys: [Key], _ model: inout AppModel) -> [Effect] {
  keys.flatMap { model.update(.key($0)) }
}

private func press(_ keys: String, _ model: inout AppModel) -> [Effect] {
  press(keys.map { .character($0) }, &model)
}

private func type(_ text: String, _ model: inout AppModel) -> [Effect] {
  press(text.map { .character($0) } + [.enter], &model)
}

/// Of a 128x128 clip of 17 frames, tokenized.
private func opened(_ size: Size = size) -> AppModel {
  var model = ExampleModel.tokenized(size)
  model.view = .generate
  return model
}

private func asked(_ effects: [Effect]) -> [RegenerationRequest] {
  effects.compactMap {
    if case .submit(.regenerate(let request, _, _)) = $0 { request } else { nil }
  }
}

// MARK: Looks

@Test(arguments: screenSizes)
func aResultIsComparedWithItsSource(size: Size) throws {
  try expectScreen(
    ExampleModel.made(size), named: "generate-made-\(size.width)x\(size.height)")
}

@Test(arguments: screenSizes)
func whatIsBeingMadeShowsHowFarItIs(size: Size) throws {
  var model = ExampleModel.making(size)
  _ = press("d", &model)
  _ = press("N", &model)
  model.notice = nil
  try expectScreen(model, named: "generate-making-\(size.width)x\(size.height)")
}

@Test(arguments: Comparison.allCases)
func resultsAreComparedInManyWays(comparison: Comparison) throws {
  var model = ExampleModel.made(Size(width: 100, height: 30))
  _ = press("G", &model)
  for job in 5...6 { ExampleModel.finish(JobID(job), in: &model) }
  model.generate.comparison = comparison
  model.notice = nil
  try expectScreen(
    model, named: "generate-\(comparison.rawValue.split(separator: " ").joined(separator: "-"))")
}

@Test func theSentenceIsTypedInItsLine() throws {
  var model = opened()
  _ = press("ra blue", &model)
  try expectScreen(model, named: "generate-typing-80x24")
  let screen = AppView(model: model, context: DrawingContext()).screen()
  #expect(screen.cursor?.x == 9 && screen.cursor?.y == 1)
}

@Test func aMissingPriorSaysWhatToDo() throws {
  var model = ExampleModel.asked(size)
  let reason = "No prior found; give its folder with --prior (in the workbench :prior)."
  _ = model.update(.engine(.failed(JobID(4), reason: reason)))
  try expectScreen(model, named: "generate-no-prior-80x24")
  #expect(model.jobs.isEmpty)
  // Tried again, it takes the place of what failed.
  #expect(asked(press("g", &model)).count == 1)
  #expect(model.generate.results.map(\.number) == [2])
}

@Test func spansAndBoxesShowOnTimelinePictureAndGrids() throws {
  var model = opened(Size(width: 100, height: 30))
  _ = type(":box 0,64,40,64", &model)
  _ = type(":span 4:9", &model)
  _ = type(":levels 4,3,1", &model)
  _ = type(":frame 6", &model)
  try expectScreen(model, named: "generate-region-100x30")
}

// MARK: Asking

@Test func aSentenceIsSentWithTheRegion() {
  var model = opened()
  #expect(press("ra blue square", &model).isEmpty)
  let requests = asked(press([.enter], &model))
  let region = ClipRegion(box: PixelBox(x: 32, y: 32, width: 64, height: 64))
  #expect(requests == [RegenerationRequest(prompt: "a blue square", region: region)])
  #expect(!model.generate.prompt.isTyping)
  #expect(model.generate.result?.state == .waiting)
  #expect(model.jobs.map(\.kind) == [.regenerating])
}

@Test func withoutASentenceItIsAskedFor() {
  var model = opened()
  #expect(press("g", &model).isEmpty)
  #expect(model.generate.prompt.isTyping)
  #expect(model.generate.results.isEmpty)
}

@Test func earlierSentencesComeBack() {
  var model = opened()
  _ = press("rone", &model)
  _ = press([.enter], &model)
  _ = press([.character("r"), .control("u")], &model)
  _ = press("two", &model)
  _ = press([.enter], &model)
  _ = press([.character("r"), .control("u")], &model)
  _ = press("dra", &model)
  _ = press([.up, .up, .up], &model)
  #expect(model.generate.prompt.input.text == "one")
  _ = press([.down], &model)
  #expect(model.generate.prompt.input.text == "two")
  _ = press([.down], &model)
  #expect(model.generate.prompt.input.text == "dra")
}

@Test func aSentenceCannotBeEndless() {
  var model = opened()
  _ = press("r", &model)
  _ = model.update(.key(.paste(String(repeating: "word ", count: 1_000))))
  #expect(model.generate.prompt.input.text.count == PromptLine.longest)
  #expect(model.notice?.isError == true)
}

@Test func aGalleryHasFourSeedsAndMakesNothingTwice() {
  var model = ExampleModel.asked(size)
  let more = asked(press("G", &model))
  #expect(more.map(\.settings.seed) == [1, 2, 3], "seed 0 waits already")
  #expect(model.generate.comparison == .gallery)
  #expect(press("G", &model).isEmpty)
  #expect(asked(press("d", &model)).map(\.settings.seed) == [4])
  #expect(model.generate.queue.map(\.number) == [1, 2, 3, 4, 5])
  #expect(asked(type(":gallery 6", &model)).map(\.settings.seed) == [5, 6, 7, 8, 9])
}

@Test func aRegionThatCannotBeIsRefused() {
  var model = opened()
  for line in [":box 0,0,0,8", ":box 0,0,8", ":box 100,0,64,64", ":span 3:3", ":span 0:18"] {
    #expect(type(line, &model).isEmpty)
    #expect(model.notice?.isError == true, "\(line)")
  }
  for line in [":levels 5", ":levels", ":steps 0", ":topp 2", ":seed -1", ":wipe 101"] {
    #expect(type(line, &model).isEmpty)
    #expect(model.notice?.isError == true, "\(line)")
  }
  #expect(model.generate.settings == SamplingSettings())
}

@Test func thePlayheadGoesToWhatIsMade() {
  var model = opened()
  _ = type(":span 4:9", &model)
  _ = type(":prompt a circle", &model)
  #expect(model.clip.playhead == 4)
  _ = press("..d", &model)
  #expect(model.clip.playhead == 6)
}

@Test func ofALongClipTheFirstFramesAreChosen() {
  #expect(opened().generate.region.span == nil)
  let clip = ExampleModel.clip(frames: 40)
  #expect(ExampleModel.opened(size, clip: clip).generate.region.span == 0..<17)
}

// MARK: Queue

@Test func previewsComeInAndThenTheResult() {
  var model = ExampleModel.making(size)
  #expect(model.generate.result?.progress?.settled == 480)
  #expect(model.generate.result?.frames[0] == ExampleModel.frame(0, shift: 90))
  #expect(model.generate.result?.frames[1] == nil)
  ExampleModel.finish(JobID(4), in: &model)
  #expect(model.generate.result?.state == .finished)
  #expect(model.generate.result?.frames[16] == ExampleModel.frame(16, shift: 220))
  #expect(model.generate.result?.report?.seconds == 6.25)
  #expect(model.jobs.isEmpty)
}

@Test func ofACancelledJobNothingArrives() {
  var model = ExampleModel.making(size)
  _ = press("d", &model)
  #expect(model.generate.shown == JobID(5))
  // The one that is looked at goes, wherever it stands.
  #expect(press("x", &model) == [.submit(.cancel(JobID(5)))])
  _ = model.update(.engine(.cancelled(JobID(5))))
  #expect(model.generate.results.map(\.id) == [JobID(4)])
  #expect(model.generate.shown == JobID(4))
  #expect(press("x", &model) == [.submit(.cancel(JobID(4)))])
  _ = model.update(.engine(.cancelled(JobID(4))))
  let before = model.generate
  ExampleModel.finish(JobID(4), in: &model)
  #expect(model.generate == before)
  #expect(model.generate.results.isEmpty && model.jobs.isEmpty)
}

@Test func anotherClipEndsAllOfIt() {
  var model = ExampleModel.making(size)
  let effects = type(":open /clips/other.mp4", &model)
  #expect(effects.contains(.submit(.cancel(JobID(4)))))
  #expect(model.generate.results.isEmpty)
  #expect(model.generate.prompt.input.text == ExampleModel.sentence)
}

@Test func wordsThatAreNotKnownAreSaid() {
  var model = ExampleModel.making(Size(width: 100, height: 30))
  ExampleModel.finish(JobID(4), in: &model, unknown: ["zorgon"])
  let text = AppView(model: model, context: DrawingContext()).screen().text
  #expect(text.contains("not in the vocabulary, read in pieces: zorgon"))
}

// MARK: Accepting

@Test func whatIsAcceptedIsTheClipUntilItIsTakenBack() {
  var model = ExampleModel.made(size)
  let job = JobID(4)
  let before = model.tokens.pyramid?.code(
    at: TokenPosition(level: 1, step: 0, row: 0, column: 0))
  #expect(press("a", &model) == [.submit(.accept(job))])
  let new = ExampleModel.slices(frames: 17, shift: 4)
  _ = model.update(.engine(.working(undo: 1, redo: 0, job: job)))
  _ = model.update(.engine(.tokens(new, job: job)))
  let frame = ExampleModel.frame(0, shift: 200)
  _ = model.update(
    .engine(.reconstructed(first: 0, frames: [frame], psnr: [9], muting: .init(), job: job)))
  #expect(model.generate.accepted == [job])
  let after = model.tokens.pyramid?.code(
    at: TokenPosition(level: 1, step: 0, row: 0, column: 0))
  #expect(after == new[0].codes[0] && after != before)
  #expect(model.clip.reconstruction(of: 0, muting: .init()) == frame)
  #expect(press("a", &model).isEmpty, "it is the clip already")
  #expect(press("u", &model) == [.submit(.undoAccept)])
  _ = model.update(.engine(.working(undo: 0, redo: 1, job: job)))
  _ = model.update(.engine(.tokens(ExampleModel.slices(frames: 17), job: job)))
  #expect(model.generate.accepted.isEmpty)
  #expect(
    model.tokens.pyramid?.code(at: TokenPosition(level: 1, step: 0, row: 0, column: 0)) == before)
  #expect(press("u", &model).isEmpty, "nothing is left to take back")
  #expect(press([.control("r")], &model) == [.submit(.redoAccept)])
}

@Test func resultsOfAnOlderClipAreMarked() {
  var model = ExampleModel.made(size)
  _ = press("d", &model)
  ExampleModel.finish(JobID(5), in: &model)
  _ = press("a", &model)
  _ = model.update(.engine(.working(undo: 1, redo: 0, job: JobID(5))))
  #expect(model.generate.results.map { model.isStale($0) } == [true, true])
  // The same numbers over another clip are another result.
  #expect(asked(press("Ng", &model)).count == 1)
  _ = model.update(.engine(.working(undo: 0, redo: 1, job: JobID(5))))
  #expect(model.generate.results.prefix(2).map { model.isStale($0) } == [false, false])
}

@Test func anAcceptThatFailsIsSaid() {
  var model = ExampleModel.made(size)
  _ = press("a", &model)
  _ = model.update(.engine(.failed(JobID(4), reason: "That job has no result (any more).")))
  #expect(model.notice?.text == "That job has no result (any more).")
  #expect(model.generate.accepted.isEmpty)
}

@Test func resultsAndTheClipAreExported() {
  var model = opened()
  _ = press("e", &model)
  #expect(model.overlay == .command(CommandLine(text: "export example.mkv")))
  #expect(
    press([.enter], &model)
      == [.submit(.export(result: nil, path: "example.mkv", job: JobID(4)))])
  var made = ExampleModel.made(size)
  #expect(
    type(":export new.safetensors", &made)
      == [.submit(.export(result: JobID(4), path: "new.safetensors", job: JobID(5)))])
  _ = made.update(.engine(.finished(JobID(5))))
  #expect(made.notice?.text == "Written: new.safetensors")
}

@Test func theCommandLineThatDoesTheSameIsCopied() {
  var model = opened()
  _ = type(":box 8,16,24,32", &model)
  _ = type(":span 4:9", &model)
  _ = type(":levels 4,3", &model)
  _ = type(":temperature 0.7", &model)
  _ = type(":prompt it's a circle", &model)
  let text =
    "pyratok regenerate /clips/example.mp4 --prompt 'it'\\''s a circle' --box 8,16,24,32 "
    + "--span 4:9 --levels 3,4 --temperature 0.7 --seed 0 -o new.mkv"
  #expect(press("y", &model) == [.copy(text)])
}

// MARK: Blinking

@Test func blinkingWakesOnlyWhileItIsSeen() {
  var model = ExampleModel.made(size)
  _ = model.update(.clock(10))
  #expect(model.nextDeadline == nil)
  _ = press("vvv", &model)
  #expect(model.generate.comparison == .blink)
  model.notice = nil
  #expect(model.nextDeadline == 10.6)
  _ = model.update(.clock(10.61))
  #expect(model.generate.blink.showsResult)
  _ = model.update(.clock(11.3))
  #expect(!model.generate.blink.showsResult)
  _ = press("1", &model)
  #expect(model.nextDeadline == nil)
}
