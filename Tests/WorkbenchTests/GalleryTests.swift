import Testing
import Tokenization

@testable import TokenizerEngine
@testable import VideoIO
@testable import Workbench

/// What the engine would answer to the patches that are asked for.
func serve(_ effects: [Effect], _ model: inout AppModel) {
  for case .submit(.cut(let patches, let job)) in effects {
    for patch in patches {
      guard let picture = ExampleModel.frame(patch.frame).cut(patch.box) else { continue }
      _ = model.update(.engine(.patch(patch, .picture(picture), job: job)))
    }
  }
}

private func opened(_ size: Size, panel: CodebookPanel = .codes) -> AppModel {
  var model = ExampleModel.tokenized(size)
  model.view = .codebook
  model.codebook.panel = panel
  serve(model.update(.key(.enter)), &model)
  return model
}

private func press(_ key: Key, _ model: inout AppModel) { _ = model.update(.key(key)) }

private let size = Size(width: 100, height: 30)

@Suite struct GalleryTests {
  @Test(arguments: screenSizes)
  func aGalleryLooksAsExpected(size: Size) throws {
    var model = opened(size)
    serve(model.update(.key(.right)), &model)
    try expectScreen(model, named: "gallery-\(size.width)x\(size.height)")
  }

  @Test func whatIsNotThereYetOrCannotBeReadIsSaid() throws {
    var model = ExampleModel.tokenized(Size(width: 80, height: 24))
    model.view = .codebook
    for case .submit(.cut(let patches, let job)) in model.update(.key(.enter)) {
      let fault = PatchOutcome.fault("frame 0 of example.mp4 is damaged")
      _ = model.update(.engine(.patch(patches[0], fault, job: job)))
    }
    try expectScreen(model, named: "gallery-waiting-80x24")
  }

  @Test func everySizeDownToOneCellIsDrawn() {
    for width in [1, 2, 5, 11, 13, 34, 79, 150, 233] {
      for height in [1, 2, 4, 7, 9, 12, 17, 24, 59] {
        var model = opened(Size(width: width, height: height))
        for key in [Key.end, .up, .pageUp, .mouse(MouseEvent(.press, x: width / 2, y: height / 2))]
        {
          serve(model.update(.key(key)), &model)
        }
        _ = AppView(model: model, context: DrawingContext()).screen()
        _ = AppView(model: model, context: DrawingContext(symbols: .ascii, depth: .none)).screen()
      }
    }
  }

  @Test(arguments: [CodebookPanel.overview, .codes, .bits, .pairs, .time, .reach])
  func enterOpensWhatTheCursorStandsOn(panel: CodebookPanel) throws {
    let model = opened(size, panel: panel)
    let gallery = try #require(model.codebook.gallery)
    let shown = try #require(model.codebook.shown)
    switch panel {
    case .bits, .pairs: #expect(gallery.brush == model.codebook.pointed)
    default: #expect(gallery.brush == .code(shown.topCodes[0].code))
    }
    let pyramid = try #require(model.tokens.pyramid)
    for grid in pyramid.levels {
      let count = (0..<grid.steps).reduce(0) { sum, step in
        sum + (grid.codes(ofStep: step) ?? []).count { gallery.brush.lights($0, bits: 16) }
      }
      #expect(gallery.clip.totals[grid.level - 1] == count)
    }
    // Level by level, the coarse ones first, and the cursor at the level that was looked at.
    let levels = gallery.clip.places.map(\.position.level)
    #expect(levels == levels.sorted(by: >))
    #expect(gallery.clip.total == 0 || gallery.clip.chosen?.position.level == 1)
  }

  @Test func whatIsLitIsOpenedWhereNoCodeIsChosen() throws {
    var model = ExampleModel.tokenized(size)
    model.view = .codebook
    model.brush = .bit(3)
    press(.enter, &model)
    #expect(model.codebook.gallery?.brush == .bit(3))
  }

  @Test func onlyPicturesInSightAreAskedFor() throws {
    var model = ExampleModel.tokenized(size)
    model.view = .codebook
    model.codebook.panel = .bits
    model.codebook.bit = 15
    func asked(_ effects: [Effect]) -> [Patch] {
      effects.flatMap { effect -> [Patch] in
        if case .submit(.cut(let patches, _)) = effect { patches } else { [] }
      }
    }
    let first = model.update(.key(.enter))
    let layout = try #require(GalleryLayout(model: model))
    #expect(!asked(first).isEmpty && asked(first) == layout.sections[0].patches)
    // They are under way.
    #expect(asked(model.update(.key(.right))).isEmpty)
    serve(first, &model)
    #expect(asked(model.update(.key(.left))).isEmpty)
    let next = model.update(.key(.end))
    #expect(!asked(next).isEmpty)
    // An answer to the request before comes too late.
    let before = model
    serve(first, &model)
    let isUnchanged = model == before
    #expect(isUnchanged)
    serve(next, &model)
    let isChanged = model != before
    #expect(isChanged)
    #expect(model.update(.key(.escape)).isEmpty, "nothing is under way")
    #expect(model.codebook.gallery == nil)
  }

  @Test func leavingStopsWhatIsUnderWay() throws {
    var model = ExampleModel.tokenized(size)
    model.view = .codebook
    let effects = model.update(.key(.enter))
    guard case .submit(.cut(_, let job)) = effects.last else {
      Issue.record("nothing was asked for")
      return
    }
    #expect(model.update(.key(.escape)) == [.submit(.cut([], job: job))])
    #expect(model.codebook.gallery == nil && model.view == .codebook)
  }

  @Test func enterGoesToThePlaceOnTheTokensScreen() throws {
    var model = opened(size)
    press(.end, &model)
    let place = try #require(model.codebook.gallery?.list.chosen)
    press(.enter, &model)
    #expect(model.view == .tokens)
    #expect(model.clip.playhead == place.patch.frame)
    #expect(model.tokens.cursor(atFrame: model.clip.playhead) == place.position)
    press(.character("3"), &model)
    #expect(model.codebook.gallery?.list.chosen == place, "it is still open")
  }

  @Test func aSecondClickGoesThere() throws {
    var model = opened(size)
    let layout = try #require(GalleryLayout(model: model))
    let rect = try #require(layout.sections[0].rect(of: layout.sections[0].visible.last ?? 0))
    let click = Key.mouse(MouseEvent(.press, x: rect.x + 1, y: rect.y + 1))
    press(click, &model)
    #expect(model.codebook.gallery?.list.cursor == layout.sections[0].visible.last)
    // The grid may have moved under the mouse.
    let after = try #require(GalleryLayout(model: model)?.sections[0])
    let now = try #require(after.rect(of: after.list.cursor))
    press(.mouse(MouseEvent(.press, x: now.x + 1, y: now.y + 1)), &model)
    #expect(model.view == .tokens)
  }

  @Test func bracketsGoThroughTheCodesInUse() throws {
    var model = opened(size)
    let codes = try #require(model.codebook.shown?.topCodes)
    press(.character("]"), &model)
    #expect(model.codebook.gallery?.brush == .code(codes[1].code))
    #expect(model.codebook.code == 1)
    press(.character("["), &model)
    press(.character("["), &model)
    #expect(model.codebook.gallery?.brush == .code(codes[0].code))
    var bits = opened(size, panel: .bits)
    press(.character("]"), &bits)
    #expect(bits.codebook.gallery?.brush == .bit(1))
  }

  @Test func bracesGoFromLevelToLevel() throws {
    var model = opened(size)
    let levels = Set(try #require(model.codebook.gallery).clip.places.map(\.position.level))
    press(.home, &model)
    var seen: [Int] = []
    for _ in 1...5 {
      seen.append(try #require(model.codebook.gallery?.list.chosen).position.level)
      press(.character("}"), &model)
    }
    #expect(Set(seen) == levels && seen == seen.sorted(by: >))
    #expect(model.codebook.level == seen[4])
  }

  @Test func anotherClipClosesIt() {
    var model = opened(size)
    _ = model.open(ClipRequest(path: "/clips/other.mp4"))
    #expect(model.codebook.gallery == nil)
  }

  @Test func helpListsItsKeys() {
    let lines = HelpView.lines(filter: "", view: .codebook).map(\.text)
    #expect(lines.contains("In the gallery") && lines.contains(Action.openGallery.title))
    #expect(!HelpView.lines(filter: "", view: .clip).map(\.text).contains("In the gallery"))
  }

  @Test func thePairUnderTheCursorIsLitBeforeAnyKey() throws {
    var model = ExampleModel.tokenized(size)
    model.view = .codebook
    model.codebook.panel = .pairs
    let relations = try #require(model.codebook.finding?.relations)
    let first = try #require(relations.pairs.first)
    // Else this would not tell it from the bit that is chosen among the bits.
    model.codebook.bit = first.first == 0 ? 1 : 0
    #expect(model.codebook.pointed == .bit(first.first))
    press(.down, &model)
    #expect(model.codebook.pointed == .bit(relations.pairs[1].first))
  }
}
