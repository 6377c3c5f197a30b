import Testing
import TokenizerEngine

@testable import Workbench

private let parts = CodebookPanel.allCases.filter { $0 != .overview }

@Test(arguments: parts, screenSizes)
func partsOfTheCodebookLookAsExpected(part: CodebookPanel, size: Size) throws {
  var model = ExampleModel.tokenized(size)
  model.view = .codebook
  while model.codebook.panel != part { press(.tab, &model) }
  press(.down, &model)
  try expectScreen(model, named: "codebook-\(part.rawValue)-\(size.width)x\(size.height)")
}

@Test(arguments: parts)
func partsOfTheCodebookAreDrawnAtEverySize(part: CodebookPanel) {
  for width in [1, 2, 5, 13, 34, 79, 90, 150, 233] {
    for height in [1, 2, 4, 7, 9, 12, 17, 24, 31, 59, 100] {
      let size = Size(width: width, height: height)
      for var model in [ExampleModel.started(size), resized(size)] {
        model.view = .codebook
        model.codebook.panel = part
        _ = AppView(model: model, context: DrawingContext()).screen()
        _ = AppView(model: model, context: DrawingContext(symbols: .ascii, depth: .none)).screen()
        _ = model.update(.key(.mouse(MouseEvent(.press, x: width / 2, y: min(2, height - 1)))))
      }
    }
  }
}

private let example = ExampleModel.tokenized(Size(width: 80, height: 24))

private func resized(_ size: Size) -> AppModel {
  var model = example
  model.size = size
  return model
}

private func press(_ key: Key, _ model: inout AppModel) { _ = model.update(.key(key)) }

@Test func theCursorChoosesCodesBitsAndPairs() throws {
  var model = example
  model.view = .codebook
  press(.tab, &model)
  press(.down, &model)
  let codes = try #require(model.codebook.shown?.topCodes)
  #expect(model.codebook.pointed == .code(codes[1].code))
  for _ in 0..<200 { press(.up, &model) }
  #expect(model.codebook.code == 0)
  press(.tab, &model)
  for _ in 0..<200 { press(.down, &model) }
  #expect(model.codebook.pointed == .bit(15))
  press(.tab, &model)
  let pairs = try #require(model.codebook.finding?.relations?.pairs)
  for _ in 0..<3 { press(.down, &model) }
  #expect(model.codebook.pointed == .bit(pairs[3].first))
  press(.tab, &model)
  let before = model.codebook.timeMeasure
  press(.character("v"), &model)
  #expect(model.codebook.timeMeasure != before)
  press(.down, &model)
  #expect(model.codebook.level == 1, "the finest is the lowest already")
  press(.up, &model)
  #expect(model.codebook.level == 2)
}

@Test func whatIsLitStaysLitOnOtherScreensUntilEscape() throws {
  var model = example
  model.view = .codebook
  press(.character("o"), &model)
  #expect(model.brush == nil)
  #expect(model.notice != nil, "there is nothing to light in the overview")
  press(.tab, &model)
  press(.character("o"), &model)
  let codes = try #require(model.codebook.shown?.topCodes)
  #expect(model.brush == .code(codes[0].code))
  press(.down, &model)
  #expect(model.brush == .code(codes[1].code), "it follows the cursor")
  for key in ["1", "2"] as [Character] {
    let without = { () -> Screen in
      var other = model
      other.brush = nil
      other.view = key == "1" ? .clip : .tokens
      return AppView(model: other, context: DrawingContext(theme: .dark)).screen()
    }()
    press(.character(key), &model)
    let with = AppView(model: model, context: DrawingContext(theme: .dark)).screen()
    #expect(with != without)
  }
  press(.escape, &model)
  #expect(model.brush == nil)
}

@Test func theNextPlaceOfACodeIsFoundAroundTheEnd() throws {
  var model = example
  model.view = .codebook
  press(.tab, &model)
  let brush = try #require(model.codebook.pointed)
  let grid = try #require(model.tokens.pyramid?[level: model.codebook.level])
  let lit = (0..<grid.steps).filter { (grid.lit(by: brush, atStep: $0) ?? 0) > 0 }
  var seen: Set<Int> = []
  for _ in lit {
    press(.character("n"), &model)
    seen.insert(grid.stride.step(ofFrame: model.clip.playhead))
  }
  #expect(seen == Set(lit))
  let here = model.clip.playhead
  press(.character("n"), &model)
  press(.character("N"), &model)
  #expect(model.clip.playhead == here)
}

@Test func bitsAndCodesLightTheirTokens() {
  #expect(Brush.code(5).lights(5, bits: 4))
  #expect(!Brush.code(5).lights(4, bits: 4))
  #expect(Brush.bit(0).lights(0b1000, bits: 4))
  #expect(!Brush.bit(0).lights(0b0111, bits: 4))
  #expect(Brush.bit(3).lights(0b0001, bits: 4))
}
