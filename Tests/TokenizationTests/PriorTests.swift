import Tensors
import TestSupport
import Testing

@testable import Tokenization

/// A prior small enough for tests, over two levels of 4 bits.
private var tinyPrior: PriorConfiguration {
  var configuration = PriorConfiguration()
  configuration.tokenizer = "tiny"
  configuration.tokenizerSHA256 = "abc"
  configuration.bits = 4
  configuration.groupBits = 2
  configuration.strides = [[2, 4, 4], [4, 8, 8]]
  configuration.width = 12
  configuration.layers = 2
  configuration.heads = 2
  configuration.textWidth = 8
  configuration.textLayers = 1
  configuration.textHeads = 2
  configuration.textLength = 8
  configuration.vocabularySize = 300
  configuration.window = [5, 16, 16]
  return configuration
}

private func makePrior(seed: UInt64 = 1) -> PriorModel {
  var random = RandomSource(seed: seed)
  return PriorModel(tinyPrior, random: &random)
}

/// The token at (t, 1, x) of level 1 for each x, with these bits.
private func rows(_ t: Int, _ codes: [[Float]], level: Int = 1) -> TokenRows {
  TokenRows(
    places: codes.indices.map { TokenPlace(level: level, t: t, y: 1, x: $0) },
    bits: codes.flatMap(\.self))
}

@Suite struct PriorTests {
  private let kept = rows(0, [[1, 1, -1, 1], [-1, -1, -1, 1], [1, -1, 1, -1]])
  private let open = rows(1, [[0, 0, 1, -1], [0, 0, 0, 0]])

  @Test func drawingSeesWhatTrainingSaw() throws {
    let prior = makePrior()
    let examples = [
      PriorModel.Example(kept: TokenRows(), open: open, prompt: []),
      PriorModel.Example(kept: kept, open: open, prompt: [40, 50, 60]),
    ]
    let trained = prior.logits(examples, at: [0, 1, 2, 3]).value  // [4 · 2, 4]
    for (index, example) in examples.enumerated() {
      let drawn = try prior.logits(
        example.open, memory: try prior.memory(of: example.kept), text: prior.text(example.prompt))
      #expect(drawn.shape == [2, 2, 4])
      expectClose(
        drawn.reshaped([4, 4]), trained.sliced(0, index * 4..<index * 4 + 4), within: 1e-5)
    }
  }

  @Test func everythingThatIsSeenCounts() throws {
    let prior = makePrior()
    func logits(
      _ kept: TokenRows, _ open: TokenRows, _ prompt: [Int]
    ) throws -> [Float] {
      try prior.logits(open, memory: try prior.memory(of: kept), text: prior.text(prompt)).values
    }
    let usual = try logits(kept, open, [40, 50])
    var (other, moved, known) = (kept, open, open)
    other.bits[0] = -1
    moved.places[1].x = 3
    known.bits[4] = 1
    #expect(try logits(other, open, [40, 50]) != usual)
    #expect(try logits(kept, moved, [40, 50]) != usual)
    #expect(try logits(kept, known, [40, 50]) != usual)
    #expect(try logits(kept, open, [40, 51]) != usual)
    #expect(try logits(kept, open, []) != usual)
    #expect(try logits(kept, open, [40, 50]) == usual)
  }

  /// Cells of level 1 are 2 frames of 4x4; the token at (1, 1, 0) holds frames 1 and 2, rows 4 to 7.
  @Test func aPriorMayBeToldWhereTheRegionEnds() throws {
    var configuration = tinyPrior
    let plain = configuration.featureCount
    configuration.seesRegion = true
    #expect(configuration.featureCount == plain + 15)
    var seen = open
    func edges() -> [Float] { Array(configuration.numbers(of: seen)[plain..<plain + 15]) }
    #expect(edges() == [Float](repeating: 0, count: 15))
    seen.region = ClipRegion(box: PixelBox(x: 2, y: 5, width: 40, height: 2), span: 0..<3)
    #expect(
      edges() == [
        1, -0.125, 0, 0.25, 1,
        1, 0.0625, 0.25, 0.1875, 0.75,
        1, 0.125, 0.5, 1, 1,
      ])

    // Weights without these numbers serve as a start: they say the same until more is learnt.
    var random = RandomSource(seed: 2)
    let told = PriorModel(configuration, random: &random)
    let untold = makePrior()
    try told.load(initial: untold.storedWeights(as: .float32), path: "untold")
    func logits(_ prior: PriorModel, _ rows: TokenRows) throws -> [Float] {
      try prior.logits(rows, memory: try prior.memory(of: kept), text: prior.text([40])).values
    }
    #expect(try logits(told, seen) == logits(untold, open))
    #expect(throws: (any Error).self) {
      try untold.load(initial: told.storedWeights(as: .float32), path: "told")
    }
    let other = PriorModel(configuration, random: &random)
    var moved = seen
    moved.region?.box?.x += 1
    #expect(try logits(other, seen) != logits(other, moved))
    let examples = [PriorModel.Example(kept: kept, open: seen, prompt: [40])]
    let trained = other.logits(examples, at: [0, 1]).value
    let drawn = try other.logits(seen, memory: try other.memory(of: kept), text: other.text([40]))
    expectClose(drawn.reshaped([4, 4]), trained, within: 1e-5)
  }

  @Test func whoeverAsksCanStopBetweenLayers() throws {
    let prior = makePrior()
    var asked = 0
    #expect(throws: CancellationError.self) {
      try prior.memory(of: kept) {
        asked += 1
        return asked == 2
      }
    }
    let memory = try prior.memory(of: kept)
    #expect(throws: CancellationError.self) {
      try prior.logits(open, memory: memory, text: prior.text([]), shouldStop: { true })
    }
  }

  @Test func aFolderGivesTheSamePriorBack() throws {
    let folder = try TemporaryFolder()
    let prior = makePrior()
    let stored = PriorFolder(
      configuration: tinyPrior, tensors: prior.storedWeights(as: .float32),
      vocabulary: BytePairVocabulary())
    try stored.write(to: folder.path)
    let read = try PriorFolder.read(folder.path)
    #expect(read.configuration == tinyPrior)
    #expect(read.sha256 == stored.sha256)
    let again = try read.model(path: folder.path)
    let memory = try prior.memory(of: kept)
    let copy = try again.memory(of: kept)
    #expect(
      try prior.logits(open, memory: memory, text: prior.text([9])).values
        == again.logits(open, memory: copy, text: again.text([9])).values)
    let strides = tinyPrior.strides
    try read.check(tokenizer: "tiny", sha256: "abc", bits: 4, strides: strides, path: "p")
    #expect {
      try read.check(
        tokenizer: "nano", sha256: "def", bits: 4, strides: strides, path: "models/prior")
    } throws: {
      let line = "\($0)"
      return line.contains("abc") && line.contains("def") && line.contains("nano")
    }
  }

  /// Its hash is the right one, and its shape is another tokenizer's, or too large.
  @Test func tamperedConfigurationsAreRefused() throws {
    let usual = PriorConfiguration()
    func refusal(_ change: (inout PriorConfiguration) -> Void) -> String? {
      var folder = PriorFolder(
        configuration: usual, tensors: [:], vocabulary: BytePairVocabulary())
      change(&folder.configuration)
      #expect(folder.configuration.problem == nil)
      do {
        try folder.check(
          tokenizer: "nano", sha256: "", bits: 16, strides: usual.strides, path: "prior")
        return nil
      } catch { return "\(error)" }
    }
    #expect(refusal { _ in } == nil)
    let changes: [(String, (inout PriorConfiguration) -> Void)] = [
      ("1 level(s)", { $0.strides = [[2, 8, 8]] }), ("32 bits", { $0.bits = 32 }),
      ("8 bits", { $0.bits = 8 }),
      ("[1, 1, 1]", { $0.strides = $0.strides.map { _ in [1, 1, 1] } }),
      ("1024 are the most", { $0.window = [4096, 4096, 4096] }),
      ("1024 are the most", { $0.window = [21, 64, 64] }),
    ]
    for (words, change) in changes {
      let line = refusal(change)
      #expect(line?.contains(words) == true, "\(words): \(line ?? "taken")")
      #expect(line?.contains("\n") == false)
    }
  }

  @Test func impossibleConfigurationsAreRefused() throws {
    let changes: [(inout PriorConfiguration) -> Void] = [
      { $0.format = "x" }, { $0.groupBits = 3 }, { $0.groupBits = 0 }, { $0.bits = 64 },
      { $0.heads = 5 }, { $0.width = 0 }, { $0.strides = [] }, { $0.strides = [[1, 2]] },
      { $0.textHeads = 3 }, { $0.vocabularySize = 12 }, { $0.window = [0, 1, 1] },
      { $0.layers = 1 << 40 },
    ]
    for (index, change) in changes.enumerated() {
      var configuration = tinyPrior
      change(&configuration)
      #expect(configuration.problem != nil, "change \(index)")
    }
    #expect(tinyPrior.problem == nil)
    #expect(PriorConfiguration().problem == nil)
  }
}

@Suite struct ClipRegionTests {
  private let geometry = TokenGeometry(strides: [
    [2, 8, 8], [4, 8, 8], [4, 16, 16], [4, 32, 32],
  ])

  @Test func aBoxTakesWhatItTouchesAndTheHalvesOfCoarseCells() {
    // One frame of 64 x 64; the box reaches from (16, 8) to (40, 24).
    let region = ClipRegion(box: PixelBox(x: 16, y: 8, width: 24, height: 16))
    let tokens = region.tokens(geometry: geometry, padded: [1, 64, 64])
    func places(_ level: Int, _ list: [[Bool]]) -> [[Int]] {
      let grid = geometry.grid(level: level, padded: [1, 64, 64])
      return list[level - 1].indices.filter { list[level - 1][$0] }
        .map { [$0 / grid[2], $0 % grid[2]] }
    }
    // Level 1: rows 1…2 and columns 2…4 are touched; dilated by one.
    #expect(places(1, tokens) == (0...3).flatMap { y in (1...5).map { [y, $0] } })
    #expect(places(2, tokens) == (1...2).flatMap { y in (2...4).map { [y, $0] } })
    // Level 3: cells of 16: (0, 1) holds 16 x 8 of 256 pixels, just half.
    #expect(places(3, tokens) == [[0, 1], [1, 1]])
    #expect(places(4, tokens).isEmpty)
    let straddling = region.straddling(geometry: geometry, padded: [1, 64, 64])
    #expect(places(1, straddling).isEmpty && places(2, straddling).isEmpty)
    #expect(places(3, straddling) == [[0, 2], [1, 2]])
    #expect(places(4, straddling) == [[0, 0], [0, 1]])
  }

  @Test func spansAndLevelsCutInTime() {
    // 9 frames: level 1 has rows for frames 0, 1…2, 3…4, 5…6, 7…8.
    let region = ClipRegion(span: 5..<7, levels: [1, 2])
    let tokens = region.tokens(geometry: geometry, padded: [9, 32, 32])
    let steps = { (level: Int) -> [Bool] in
      let plane = geometry.grid(level: level, padded: [9, 32, 32])[1...2].reduce(1, *)
      return stride(from: 0, to: tokens[level - 1].count, by: plane).map { tokens[level - 1][$0] }
    }
    #expect(steps(1) == [false, false, true, true, true])
    // 5…6 is half of 5…8.
    #expect(steps(2) == [false, false, true])
    #expect(!tokens[2].contains(true) && !tokens[3].contains(true))
    let all = ClipRegion().tokens(geometry: geometry, padded: [9, 32, 32])
    #expect(all.allSatisfy { !$0.contains(false) })
  }

  @Test func whatIsNotThereIsNamed() {
    func problem(_ region: ClipRegion) -> String? {
      region.problem(frames: 17, width: 64, height: 48, levelCount: 4)
    }
    #expect(problem(ClipRegion()) == nil)
    #expect(problem(ClipRegion(box: PixelBox(x: 0, y: 0, width: 64, height: 48))) == nil)
    let bad: [(ClipRegion, String)] = [
      (ClipRegion(box: PixelBox(x: 1, y: 0, width: 64, height: 48)), "64x48"),
      (ClipRegion(box: PixelBox(x: 0, y: 0, width: 0, height: 4)), "empty"),
      (ClipRegion(box: PixelBox(x: .max, y: 0, width: .max, height: 4)), "64x48"),
      (ClipRegion(box: PixelBox(x: -1, y: 0, width: 4, height: 4)), "64x48"),
      (ClipRegion(span: 3..<3), "empty"), (ClipRegion(span: 0..<18), "0:17"),
      (ClipRegion(levels: [5]), "level 5"), (ClipRegion(levels: []), "no level"),
    ]
    for (region, word) in bad { #expect(problem(region)?.contains(word) == true, "\(region)") }
  }
}
