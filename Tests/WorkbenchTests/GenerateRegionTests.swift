import Testing
import Tokenization
import TokenizerEngine

@testable import Workbench

private let size = Size(width: 100, height: 30)

private func press(_ keys: [Key], _ model: inout AppModel) {
  for key in keys { _ = model.update(.key(key)) }
}

private func mouse(
  _ action: MouseEvent.Action, _ button: MouseEvent.Button = .left, x: Int, y: Int,
  _ model: inout AppModel
) {
  _ = model.update(.key(.mouse(MouseEvent(action, button, x: x, y: y))))
}

private func opened() throws -> (model: AppModel, layout: GenerateLayout) {
  var model = ExampleModel.tokenized(size)
  model.view = .generate
  return (model, try layoutOf(model))
}

private func layoutOf(_ model: AppModel) throws -> GenerateLayout {
  try #require(GenerateLayout(model: model, content: AppLayout(size: size).content))
}

@Test func arrowsMoveAndSizeTheBoxByTokens() throws {
  var (model, _) = try opened()
  #expect(model.generate.region.box == PixelBox(x: 32, y: 32, width: 64, height: 64))
  press([.right, .right, .up], &model)
  #expect(model.generate.region.box == PixelBox(x: 48, y: 24, width: 64, height: 64))
  press([.named(.right, .shift), .named(.up, .shift)], &model)
  #expect(model.generate.region.box == PixelBox(x: 48, y: 24, width: 72, height: 56))
  press([.character("s"), .left, .down], &model)
  #expect(model.generate.region.box == PixelBox(x: 48, y: 24, width: 64, height: 64))
  press([.character("+")], &model)
  #expect(model.generate.region.box == PixelBox(x: 40, y: 16, width: 80, height: 80))
}

@Test func noKeysBringTheBoxOutOfTheFrameOrToNothing() throws {
  for (width, height) in [(128, 128), (61, 45), (5, 200), (1, 1)] {
    let clip = ExampleModel.clip(width: width, height: height)
    var model = ExampleModel.tokenized(size, clip: clip)
    model.view = .generate
    let keys: [Key] = [
      .left, .right, .up, .down, .character("s"), .character("+"), .character("-"),
      .named(.left, .shift), .named(.right, .shift), .named(.up, .shift), .named(.down, .shift),
    ]
    var state: UInt64 = 7
    for _ in 0..<600 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let key = keys[Int(state >> 33) % keys.count]
      // The same key some times over reaches the edges.
      for _ in 0..<1 + Int(state >> 60) { press([key], &model) }
      let region = model.generate.region.region(frames: 17, levelCount: 4)
      #expect(
        region.problem(frames: 17, width: width, height: height, levelCount: 4) == nil,
        "\(model.generate.region.box)")
    }
  }
}

@Test func theMouseDrawsABoxOnThePicture() throws {
  var (model, layout) = try opened()
  let picture = try #require(layout.panes.first).picture
  // A cell of a picture that is so many columns wide stands for so many pixels.
  let pixels = 128 / picture.width
  mouse(.press, x: picture.x + 4, y: picture.y + 2, &model)
  mouse(.drag, x: picture.x + 11, y: picture.y + 7, &model)
  mouse(.release, x: picture.x + 11, y: picture.y + 7, &model)
  let box = model.generate.region.box
  #expect(box.x == 4 * 128 / picture.width)
  #expect(abs(box.width - 8 * pixels) <= pixels)
  #expect(abs(box.height - 6 * 2 * pixels) <= 2 * pixels)
  // Backwards, and beyond the picture.
  mouse(.press, x: picture.x + 5, y: picture.y + 5, &model)
  mouse(.drag, x: 0, y: 0, &model)
  #expect(model.generate.region.box.x == 0 && model.generate.region.box.y == 0)
}

@Test func aClickBringsTheBoxThere() throws {
  var (model, layout) = try opened()
  let picture = try #require(layout.panes.first).picture
  press([.character("p")], &model)
  #expect(!model.generate.region.usesBox)
  mouse(.press, x: picture.x, y: picture.y, &model)
  mouse(.release, x: picture.x, y: picture.y, &model)
  #expect(model.generate.region.usesBox)
  #expect(model.generate.region.box == PixelBox(x: 0, y: 0, width: 64, height: 64))
}

@Test func theMouseDrawsABoxOnAGridAndItsTitleTogglesTheLevel() throws {
  var (model, layout) = try opened()
  let place = try #require(layout.grids.first { $0.level == 1 })
  mouse(.press, x: place.grid.x + 2 * place.scale, y: place.grid.y, &model)
  mouse(.drag, x: place.grid.x + 5 * place.scale, y: place.grid.y, &model)
  let box = model.generate.region.box
  #expect(box.x == 16 && box.y == 0 && box.width == 24 + 8 / place.scale)
  mouse(.press, x: place.title.x + 1, y: place.title.y, &model)
  #expect(model.generate.region.levels == [2, 3, 4])
  mouse(.press, x: place.title.x + 1, y: place.title.y, &model)
  #expect(model.generate.region.levels == [1, 2, 3, 4])
}

@Test func theRightButtonMarksFramesOnTheTimeline() throws {
  var (model, layout) = try opened()
  let timeline = layout.timeline
  let y = timeline.rect.maxY - 1
  mouse(.press, .right, x: timeline.column(of: 9), y: y, &model)
  mouse(.drag, .right, x: timeline.column(of: 4), y: y, &model)
  #expect(model.generate.region.span == 4..<10)
  #expect(model.clip.playhead == 4)
  mouse(.release, .right, x: 0, y: y, &model)
  mouse(.press, x: timeline.column(of: 12), y: y, &model)
  #expect(model.clip.playhead == 12)
  #expect(model.generate.region.span == 4..<10)
}

@Test func framesAreMarkedByKeys() throws {
  var (model, _) = try opened()
  press([.pageDown, .character("m"), .home, .character("m")], &model)
  #expect(model.generate.region.span == 0..<11)
  press([.character("m")], &model)
  #expect(model.generate.region.span == nil)
}

@Test func theLastLevelStays() throws {
  var (model, _) = try opened()
  for level in 1...4 { model.toggleRegionLevel(level) }
  #expect(model.generate.region.levels == [4])
}

@Test func presetsFollowEachOther() throws {
  var (model, _) = try opened()
  var seen: [ClipRegion] = []
  for _ in RegionPreset.allCases {
    press([.character("p")], &model)
    seen.append(model.generate.region.region(frames: 17, levelCount: 4))
  }
  let box = PixelBox(x: 32, y: 32, width: 64, height: 64)
  #expect(
    seen == [
      ClipRegion(), ClipRegion(span: 8..<17), ClipRegion(box: box, levels: [3, 4]),
      ClipRegion(box: box, levels: [1, 2]), ClipRegion(box: box),
    ])
}

@Test func clicksChooseSentenceResultsAndWipe() throws {
  var model = ExampleModel.made(size)
  press([.character("d")], &model)
  ExampleModel.finish(JobID(5), in: &model)
  var layout = try layoutOf(model)
  mouse(.press, x: layout.results.x + 3, y: layout.results.y + 1, &model)
  #expect(model.generate.shown == JobID(4))
  mouse(.wheelDown, x: layout.results.x + 3, y: layout.results.y + 1, &model)
  #expect(model.generate.shown == JobID(5))
  mouse(.wheelUp, x: layout.settings.x + 3, y: layout.settings.y + 5, &model)
  #expect(model.generate.settings.seed == 2)
  model.generate.comparison = .wipe
  layout = try layoutOf(model)
  let picture = try #require(layout.panes.first).picture
  mouse(.press, x: picture.x + 3, y: picture.y + 3, &model)
  mouse(.drag, x: picture.maxX + 9, y: picture.y + 3, &model)
  #expect(model.generate.wipe == 1)
  mouse(.release, x: 0, y: 0, &model)
  mouse(.press, x: layout.prompt.x + 5, y: layout.prompt.y, &model)
  #expect(model.generate.prompt.isTyping)
}

/// The mask of one level, which screens draw from, against the list of all tokens.
@Test func theMaskIsTheListOfTokens() {
  let geometry = TokenGeometry(strides: [[2, 8, 8], [4, 8, 8], [4, 16, 16], [4, 32, 32]])
  var state: UInt64 = 3
  func below(_ limit: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % limit
  }
  for _ in 0..<60 {
    let (frames, width, height) = (1 + below(20), 8 + below(120), 8 + below(120))
    let padded = geometry.padded(frames: frames, width: width, height: height)
    var region = ClipRegion()
    if below(4) > 0 {
      let (x, y) = (below(width), below(height))
      region.box = PixelBox(
        x: x, y: y, width: 1 + below(width - x), height: 1 + below(height - y))
    }
    if below(2) > 0 {
      let start = below(frames)
      region.span = start..<start + 1 + below(frames - start)
    }
    if below(2) > 0 { region.levels = [1 + below(4)] }
    let all = region.tokens(geometry: geometry, padded: padded)
    for level in 1...4 {
      let mask = region.mask(level: level, geometry: geometry, padded: padded)
      let grid = geometry.grid(level: level, padded: padded)
      #expect(mask.count == all[level - 1].count { $0 })
      for (index, isAnew) in all[level - 1].enumerated() {
        let (t, rest) = index.quotientAndRemainder(dividingBy: grid[1] * grid[2])
        #expect(mask.contains(t: t, y: rest / grid[2], x: rest % grid[2]) == isAnew)
      }
    }
  }
}
