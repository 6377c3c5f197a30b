import Testing
import TokenizerEngine

@testable import Workbench

@Test(arguments: ViewName.allCases, screenSizes)
func aTokenizedClipLooksAsExpected(view: ViewName, size: Size) throws {
  var model = ExampleModel.tokenized(size)
  model.view = view
  model.tokens.row = 5
  model.tokens.column = 9
  try expectScreen(model, named: "\(view.rawValue)-\(size.width)x\(size.height)")
}

@Test(arguments: ViewName.allCases)
func aWideClipLooksAsExpected(view: ViewName) throws {
  let clip = ExampleModel.clip(frames: 30, width: 256, height: 144)
  var model = ExampleModel.tokenized(Size(width: 80, height: 24), clip: clip)
  model.view = view
  _ = model.update(.key(.character("m")))
  _ = model.update(.key(.pageDown))
  _ = model.update(.key(.character("a")))
  try expectScreen(model, named: "\(view.rawValue)-wide-80x24")
}

@Test func theFirstScreenStandsBeforeAnythingIsLoaded() throws {
  try expectScreen(ExampleModel.started(Size(width: 80, height: 24)), named: "started-80x24")
}

@Test func theClipIsShownWhileTheModelLoads() throws {
  try expectScreen(ExampleModel.opened(Size(width: 80, height: 24)), named: "opened-80x24")
}

@Test func progressIsOnScreenWhileTokensAreMade() throws {
  try expectScreen(ExampleModel.halfway(Size(width: 80, height: 24)), named: "halfway-80x24")
}

@Test func aMissingModelIsOneClearLine() throws {
  var model = ExampleModel.opened(Size(width: 80, height: 24))
  _ = model.update(
    .engine(.failed(JobID(2), reason: "No model found in models/nano; give one with --model.")))
  model.view = .tokens
  try expectScreen(model, named: "no-model-80x24")
}

@Test(arguments: [("?", "help"), (":", "command")])
func overlaysLookAsExpected(key: Character, name: String) throws {
  var model = ExampleModel.tokenized(Size(width: 80, height: 24))
  _ = model.update(.key(.character(key)))
  try expectScreen(model, named: "\(name)-80x24")
}

@Test func thePaletteFindsByAnyWords() throws {
  var model = ExampleModel.tokenized(Size(width: 80, height: 24))
  _ = model.update(.key(.control("p")))
  for character in "loop a" { _ = model.update(.key(.character(character))) }
  try expectScreen(model, named: "palette-80x24")
}

@Test(arguments: ViewName.allCases)
func everySizeDownToOneCellIsDrawn(view: ViewName) {
  for width in [1, 2, 3, 5, 8, 13, 21, 34, 55, 79, 90, 149, 150, 233, 400] {
    for height in [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 17, 24, 31, 59, 100, 200] {
      let size = Size(width: width, height: height)
      for var model in [ExampleModel.started(size), sharedTokenized(size)] {
        model.view = view
        let screen = AppView(model: model, context: DrawingContext()).screen()
        #expect(screen.size == size)
        model.overlay = .command(CommandLine(text: "the"))
        _ = AppView(model: model, context: DrawingContext(symbols: .ascii)).screen()
        model.overlay = .help(filter: "", scroll: 5)
        _ = AppView(model: model, context: DrawingContext(depth: .none)).screen()
        _ = model.update(.key(.mouse(MouseEvent(.press, x: width - 1, y: height - 1))))
      }
    }
  }
}

private let tokenized = ExampleModel.tokenized(Size(width: 80, height: 24))

private func sharedTokenized(_ size: Size) -> AppModel {
  var model = tokenized
  _ = model.update(.resized(size))
  return model
}

@Test(arguments: [(1, 1, 1), (3, 161, 121), (1, 2, 400)])
func oddClipsAreDrawnAtEverySize(frames: Int, width: Int, height: Int) {
  let clip = ExampleModel.clip(frames: frames, width: width, height: height)
  var model = ExampleModel.tokenized(Size(width: 80, height: 24), clip: clip)
  for view in ViewName.allCases {
    for size in screenSizes + [Size(width: 7, height: 3)] {
      _ = model.update(.resized(size))
      model.view = view
      _ = AppView(model: model, context: DrawingContext()).screen()
    }
  }
}

@Test func theTimelinesColumnsAndFramesAgree() {
  for (frames, width) in [(1, 60), (17, 60), (300, 60), (60, 60), (100_000, 41)] {
    let layout = TimelineLayout(
      rect: Rect(x: 3, y: 0, width: width, height: 2), frames: frames)
    for frame in Swift.stride(from: 0, to: frames, by: max(1, frames / 97)) {
      let back = layout.frame(atColumn: layout.column(of: frame))
      #expect(layout.columns(of: back).contains(layout.column(of: frame)))
    }
    #expect(layout.frame(atColumn: -5) == 0)
    #expect(layout.frame(atColumn: 999) <= frames - 1)
  }
}

/// The field is lopsided: it is counted from the first pixel of the patch, and ends at the picture.
@Test(arguments: [
  (1, 8, 8, Rect(x: 40, y: 40, width: 56, height: 56)),
  (4, 0, 3, Rect(x: 0, y: 0, width: 128, height: 128)),
  (2, 15, 0, Rect(x: 0, y: 88, width: 40, height: 40)),
])
func theFieldOnThePictureIsWhatTheTokenSees(level: Int, row: Int, column: Int, field: Rect) {
  let model = ExampleModel.tokenized(Size(width: 80, height: 24))
  let view = PatchPicture(
    model: model,
    drawing: FrameDrawing(
      look: model.look, context: DrawingContext(), isPlaying: false, memory: nil),
    cursor: TokenPosition(level: level, step: 0, row: row, column: column))
  let spotlight = view.spotlight(in: ExampleModel.frame(0))
  #expect(spotlight?.field == field)
}
