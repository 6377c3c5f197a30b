import Testing
import Tokenization

@testable import TokenizerEngine
@testable import VideoIO
@testable import Workbench

private func press(_ key: Key, _ model: inout AppModel) { _ = model.update(.key(key)) }

/// An index of four clips beside the example.
private enum ExampleIndex {
  static let model = CorpusModel(ExampleModel.summary)
  static let summary = CorpusSummary(path: "/clips/clips.db", model: model, clips: 1_204)

  static func clip(_ number: Int64) -> CorpusClip {
    let path = "/clips/corpus/world-\(number).mkv"
    return CorpusClip(
      id: number, path: path, bytes: 1, modified: 1,
      source: CorpusSource(ClipRequest(path: path), caption: nil), frames: 17, width: 128,
      height: 128, startFrame: 0, caption: "a red circle moves left")
  }

  static let occurrences: CorpusOccurrences = {
    let places = (0..<14).map { number in
      CorpusOccurrence(
        clip: clip(Int64(number % 4)), code: 0x65, level: 1 + number % 4, t: 2, y: 1, x: 2,
        frames: 3..<5, box: PixelBox(x: 16, y: 8, width: 8, height: 8), score: 0.02)
    }
    return CorpusOccurrences(places: places, total: 3_456, clips: 210)
  }()

  static let usage: [LevelUsage] = (1...4).map { level in
    var counts = [UInt32](repeating: 0, count: 65_536)
    for code in 0..<2_000 * level { counts[code * 7] = UInt32(1 + code % 9) }
    return LevelUsage(level: level, bits: 16, counts: counts)
  }
}

/// The Codebook screen with an index that is open and counted.
private func indexed(_ size: Size) -> AppModel {
  var model = ExampleModel.tokenized(size)
  model.view = .codebook
  for case .submit(.openIndex(_, let job)) in model.openIndex(ExampleIndex.summary.path) {
    _ = model.update(.engine(.indexOpened(ExampleIndex.summary, job: job)))
    _ = model.update(.engine(.indexUsage(ExampleIndex.usage, job: job)))
    _ = model.update(.engine(.finished(job)))
  }
  model.notice = nil
  return model
}

private func answer(_ effects: [Effect], _ model: inout AppModel) {
  for effect in effects {
    switch effect {
    case .submit(.findPlaces(let pattern, _, let job)):
      let query = CorpusQuery(words: "\(pattern)", target: .pattern(pattern))
      let found = CorpusFindings(
        query: query, hits: .places(ExampleIndex.occurrences), clips: 1_204)
      answer(model.update(.engine(.found(found, job: job))), &model)
      answer(model.update(.engine(.finished(job))), &model)
    case .submit(.search(let words, _, let job)):
      let isCode = words.hasPrefix("0x")
      let matches = (0..<4).map {
        CorpusMatch(clip: ExampleIndex.clip($0), score: 0.75 - Double($0) / 8)
      }
      let query = CorpusQuery(
        words: words, target: isCode ? .pattern(CodePattern(code: 0x65, bits: 16)) : .vector([1]))
      let found = CorpusFindings(
        query: query, hits: isCode ? .places(ExampleIndex.occurrences) : .clips(matches),
        clips: 1_204)
      _ = model.update(.engine(.found(found, job: job)))
      _ = model.update(.engine(.finished(job)))
    default: serve([effect], &model)
    }
  }
}

private func search(_ words: String, _ model: inout AppModel) {
  answer(model.perform(typed: "search " + words), &model)
}

private let size = Size(width: 100, height: 30)

@Suite struct CorpusScreenTests {
  @Test(arguments: screenSizes)
  func theIndexStandsBesideTheClip(size: Size) throws {
    let name = "\(size.width)x\(size.height)"
    var model = indexed(size)
    try expectScreen(model, named: "index-overview-\(name)")
    model.codebook.panel = .codes
    answer(model.update(.key(.enter)), &model)
    answer(model.update(.key(.tab)), &model)
    try expectScreen(model, named: "index-gallery-\(name)")
    search("a red circle", &model)
    try expectScreen(model, named: "index-search-\(name)")
  }

  @Test func placesOfACodeAreListed() throws {
    var model = indexed(Size(width: 80, height: 24))
    search("0x65", &model)
    press(.down, &model)
    try expectScreen(model, named: "index-code-80x24")
  }

  @Test func everySizeDownToOneCellIsDrawn() {
    for width in [1, 3, 13, 34, 56, 79, 119, 150, 233] {
      for height in [1, 2, 5, 9, 14, 18, 24, 59] {
        var model = indexed(Size(width: width, height: height))
        let click = Key.mouse(MouseEvent(.press, x: width / 2, y: height - 3))
        func draw() {
          _ = AppView(model: model, context: DrawingContext()).screen()
          _ = AppView(model: model, context: DrawingContext(symbols: .ascii, depth: .none)).screen()
        }
        draw()
        for key in [Key.enter, .tab, .end, click] {
          answer(model.update(.key(key)), &model)
          draw()
        }
        search("a red circle", &model)
        draw()
        press(click, &model)
        draw()
      }
    }
  }

  @Test func anIndexOfAnotherModelIsRefusedInOneLine() throws {
    var other = ExampleIndex.model
    other.sha256 = String(repeating: "ab", count: 32)
    let summary = CorpusSummary(path: "/clips/other.db", model: other, clips: 3)
    // Whichever comes first, the model or the index.
    var late = ExampleModel.opened(size)
    var model = ExampleModel.tokenized(size)
    for case .submit(.openIndex(_, let job)) in model.openIndex(summary.path) {
      let effects = model.update(.engine(.indexOpened(summary, job: job)))
      #expect(effects.contains { if case .submit(.openIndex(nil, _)) = $0 { true } else { false } })
    }
    for case .submit(.openIndex(_, let job)) in late.openIndex(summary.path) {
      _ = late.update(.engine(.indexOpened(summary, job: job)))
      #expect(late.index != nil && late.corpus == nil)
    }
    _ = late.update(.engine(.modelLoaded(ExampleModel.summary, job: JobID(2))))
    for model in [model, late] {
      #expect(model.index == nil)
      #expect(model.notice?.isError == true)
      #expect(model.notice?.text.contains("/clips/other.db: was made with the weights") == true)
    }
  }

  @Test func whatCannotBeOpenedIsSaidAndNothingIsOpen() throws {
    var model = ExampleModel.tokenized(size)
    for case .submit(.openIndex(_, let job)) in model.perform(typed: "db none.db") {
      _ = model.update(.engine(.failed(job, reason: "none.db: no such index")))
    }
    #expect(model.index == nil && model.notice?.text == "none.db: no such index")
    for command in ["search a circle", "db"] {
      #expect(model.perform(typed: command).isEmpty)
      #expect(model.notice?.isError == true)
    }
    model.view = .codebook
    press(.character("/"), &model)
    #expect(model.overlay == nil && model.notice?.isError == true)
  }

  @Test func theGalleryHasBothAndTabGoesBetweenThem() throws {
    var model = indexed(size)
    answer(model.update(.key(.enter)), &model)
    let gallery = try #require(model.codebook.gallery)
    #expect(gallery.corpus?.places.count == 14 && gallery.corpus?.total == 3_456)
    // Each clip's level gives one before any gives two.
    let firsts = try #require(gallery.corpus).places.prefix(4).map(\.patch.source)
    #expect(Set(firsts).count == 4)
    #expect(gallery.side == .clip)
    press(.tab, &model)
    press(.right, &model)
    #expect(model.codebook.gallery?.side == .corpus)
    #expect(model.codebook.gallery?.corpus?.cursor == 1)
    press(.character("]"), &model)
    #expect(model.codebook.gallery?.side == .corpus && model.codebook.gallery?.corpus == nil)
  }

  @Test func whatIsFoundForTheCodeBeforeComesTooLate() throws {
    var model = indexed(size)
    let first = model.update(.key(.enter))
    let second = model.update(.key(.character("]")))
    #expect(second.contains { if case .submit(.cancel) = $0 { true } else { false } })
    let before = model
    answer(first.filter { if case .submit(.findPlaces) = $0 { true } else { false } }, &model)
    let isUnchanged = model == before
    #expect(isUnchanged)
    answer(second, &model)
    #expect(model.codebook.gallery?.corpus != nil)
  }

  @Test func enterOpensTheClipAndGoesToThePlaceOnceItIsOpen() throws {
    var model = indexed(size)
    answer(model.update(.key(.enter)), &model)
    answer(model.update(.key(.tab)), &model)
    let place = try #require(model.codebook.gallery?.list.chosen)
    let effects = model.update(.key(.enter))
    let wanted = ClipRequest(path: "/clips/corpus/world-0.mkv")
    guard
      case .submit(.open(wanted, let job)) = try #require(
        effects.first { if case .submit(.open) = $0 { true } else { false } })
    else {
      Issue.record("another clip is opened")
      return
    }
    var clip = ExampleModel.clip()
    clip.request = wanted
    _ = model.update(.engine(.clipOpened(clip, job: job)))
    #expect(model.view == .tokens && model.index != nil)
    #expect(model.clip.playhead == place.patch.frame)
    #expect(model.tokens.cursor(atFrame: model.clip.playhead) == place.position)
  }

  @Test func aFoundClipIsOpenedAndTheListIsStillThere() throws {
    var model = indexed(size)
    press(.character("/"), &model)
    #expect(model.overlay == .command(CommandLine(text: "search ")))
    for character in "red" { press(.character(character), &model) }
    answer(model.update(.key(.enter)), &model)
    #expect(model.codebook.search?.count == 4)
    press(.end, &model)
    let effects = model.update(.key(.enter))
    #expect(
      effects.contains {
        if case .submit(.open(let request, _)) = $0 {
          request.path == "/clips/corpus/world-3.mkv"
        } else {
          false
        }
      })
    #expect(model.view == .clip)
    press(.character("3"), &model)
    #expect(model.codebook.search?.cursor == 3)
    press(.escape, &model)
    #expect(model.codebook.search == nil)
  }

  @Test func aClipThatIsGoneSaysSoInItsPlace() throws {
    var model = indexed(Size(width: 80, height: 24))
    let found = model.update(.key(.enter)).filter {
      if case .submit(.findPlaces) = $0 { true } else { false }
    }
    answer(found, &model)
    for case .submit(.cut(let patches, let job)) in model.update(.key(.tab)) {
      for patch in patches {
        guard case .corpus(let clip) = patch.source else { continue }
        let fault = CorpusError.vanished(clip.path)
        _ = model.update(.engine(.patch(patch, .fault("\(fault)"), job: job)))
      }
    }
    try expectScreen(model, named: "index-gone-80x24")
  }

  @Test func closingTheIndexLeavesTheClipsPatches() {
    var model = indexed(size)
    answer(model.update(.key(.enter)), &model)
    press(.tab, &model)
    answer(model.perform(typed: "db none"), &model)
    #expect(model.index == nil && model.codebook.gallery?.search == nil)
    #expect(model.codebook.gallery?.side == .clip)
    #expect(model.codebook.gallery?.clip.places.isEmpty == false)
  }
}
