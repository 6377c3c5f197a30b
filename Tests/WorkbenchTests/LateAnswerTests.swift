import Foundation
import TestSupport
import Testing
import Tokenization
import TokenizerEngine

@testable import Workbench

private let size = Size(width: 80, height: 24)

/// What the engine says of a clip that is no longer on screen, and of what was asked twice.
@Suite struct LateAnswerTests {
  @Test func anAnswerAboutAFormerClipChangesNothing() {
    var model = ExampleModel.made(size)
    #expect(model.update(.key(.character("a"))) == [.submit(.accept(JobID(4)))])
    let other = ExampleModel.clip(frames: 9, width: 64, height: 96)
    _ = model.open(other.request)
    guard let opening = model.clip.job else { return }
    _ = model.update(.engine(.clipOpened(other, job: opening)))
    let before = model
    _ = model.update(.engine(.working(undo: 1, redo: 0, job: JobID(4))))
    _ = model.update(.engine(.tokens(ExampleModel.slices(frames: 17), job: JobID(4))))
    let frame = ExampleModel.frame(0)
    _ = model.update(
      .engine(
        .reconstructed(first: 0, frames: [frame], psnr: [9], muting: Mutes(), job: JobID(4))))
    #expect(model == before)
    #expect(model.tokens.pyramid?.knownTokens == 0)
  }

  @Test func tokensOfAnotherShapeAreNotTaken() {
    var pyramid = TokenPyramid(model: ExampleModel.summary, frames: 9, width: 64, height: 96)
    let before = pyramid
    let takesOthers = pyramid.replace(ExampleModel.slices(frames: 17))
    #expect(!takesOthers)
    #expect(pyramid == before)
    let takesItsOwn = pyramid.replace(ExampleModel.slices(frames: 9, width: 64, height: 96))
    #expect(takesItsOwn)
    #expect(pyramid.isWhole)
  }

  @Test func aResultIsAcceptedOnceUntilTheEngineAnswers() {
    var model = ExampleModel.made(size)
    #expect(model.update(.key(.character("a"))) == [.submit(.accept(JobID(4)))])
    #expect(model.update(.key(.character("a"))).isEmpty)
    _ = model.update(.engine(.failed(JobID(4), reason: "No.")))
    #expect(model.update(.key(.character("a"))) == [.submit(.accept(JobID(4)))])
  }

  @Test func aNameThatIsTakenIsReplacedWhereItStillStands() throws {
    let folder = try TemporaryFolder()
    let name = folder.file("new.mkv")
    #expect(FreeName.like(name) == nil)
    try "x".write(toFile: name, atomically: true, encoding: .utf8)
    #expect(FreeName.like(name) == folder.file("new-2.mkv"))
    var model = ExampleModel.made(size)
    let effects = model.update(.key(.character("e")))
    #expect(effects.contains(.findFreeName("example-1.mkv")))
    _ = model.update(.freeName("example-1-2.mkv", insteadOf: "example-1.mkv"))
    #expect(model.overlay == .command(CommandLine(text: "export example-1-2.mkv")))
    _ = model.update(.freeName("other.mkv", insteadOf: "example-1.mkv"))
    #expect(model.overlay == .command(CommandLine(text: "export example-1-2.mkv")))
  }

  @Test func theCopiedCommandHasCaptionAndQuotes() {
    let text = RegenerateWords.of(
      RegenerationRequest(prompt: "-blue", region: ClipRegion()), clip: ExampleModel.request,
      model: nil, caption: "a red circle")
    #expect(text.contains("--prompt '-blue' --caption 'a red circle' "))
  }
}
