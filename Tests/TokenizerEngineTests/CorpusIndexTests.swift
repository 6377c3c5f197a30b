import Evaluation
import Foundation
import Tensors
import TestSupport
import Testing
import Tokenization

@testable import TokenizerEngine

struct CorpusIndexTests {
  private static let model = CorpusModel(
    name: "small", sha256: String(repeating: "ab", count: 32), bits: 6,
    strides: [[2, 8, 8], [4, 16, 16]])

  /// Clips of 5 frames of 30x32 whose codes are drawn anew.
  private struct Place {
    let folder: TemporaryFolder
    var random = RandomSource(seed: 4)

    init() throws { folder = try TemporaryFolder() }

    var path: String { folder.file("clips.db") }

    func open() throws -> CorpusIndex {
      try CorpusIndex(writing: path, model: CorpusIndexTests.model)
    }

    mutating func entry(_ name: String, embedding: [Float] = [1, 0]) throws -> CorpusEntry {
      let file = folder.file(name)
      if !FileManager.default.fileExists(atPath: file) {
        try Data(name.utf8).write(to: URL(fileURLWithPath: file))
      }
      let model = CorpusIndexTests.model
      let padded = model.geometry.padded(frames: 5, width: 30, height: 32)
      let grids = model.geometry.grids(padded: padded).enumerated().map { level, shape in
        TokenGrid(
          level: level + 1, t: shape[0], h: shape[1], w: shape[2],
          codes: (0..<shape.reduce(1, *)).map { _ in UInt32(random.integer(below: 64)) })
      }
      return CorpusEntry(
        fingerprint: try CorpusFingerprint(of: file),
        source: CorpusSource(ClipRequest(path: file), caption: "a caption"),
        tokens: ClipTokens(
          grids: grids, bits: 6, strides: model.strides,
          clip: ClipDescription(
            frames: 5, width: 30, height: 32, frameRate: FrameRate(24), startFrame: 3,
            caption: "a caption"),
          model: model.name, modelSHA256: model.sha256),
        embedding: embedding)
    }

    mutating func filled(_ count: Int) throws -> [CorpusEntry] {
      let index = try open()
      defer { index.close() }
      let entries = try (0..<count).map { try entry("clip-\($0).mkv") }
      for entry in entries { try index.put(entry) }
      return entries
    }
  }

  @Test func tokensComeBackAsTheyWent() throws {
    var place = try Place()
    let entries = try place.filled(3)
    let index = try CorpusIndex(reading: place.path)
    #expect(index.model == Self.model)
    #expect(try index.clipCount() == 3)
    for entry in entries {
      let clip = try #require(try index.clip(path: entry.fingerprint.path))
      #expect(try index.tokens(of: clip) == entry.tokens)
      #expect(clip.source.request(path: clip.path) == ClipRequest(path: clip.path))
      #expect(clip.startFrame == 3 && clip.caption == "a caption")
    }
    #expect(try place.folder.contents().filter { $0.hasPrefix("clips.db") } == ["clips.db"])
  }

  @Test func usageIsThatOfAllTokens() throws {
    var place = try Place()
    let entries = try place.filled(4)
    let index = try CorpusIndex(reading: place.path)
    var expected = CodebookUsage(bits: 6)
    for entry in entries {
      for grid in entry.tokens.grids { expected.addClip(grid.codes, level: grid.level) }
    }
    #expect(try index.usage() == expected)
    #expect(try index.usage(level: 2).histograms[2] == expected.histograms[2])
    #expect(try index.usage(level: 2).histograms[1] == nil)
    #expect(throws: CorpusError.noSuchLevel(3, levels: 2)) { try index.usage(level: 3) }
  }

  @Test(arguments: ["0x11", "1x0", "xxxxx1"], [nil, 1, 2] as [Int?])
  func occurrencesAreWhereTheCodesStand(text: String, level: Int?) throws {
    var place = try Place()
    let entries = try place.filled(4)
    let index = try CorpusIndex(reading: place.path)
    let pattern = try #require(try CodePattern(argument: text, bits: 6))
    var expected: Set<String> = []
    for entry in entries {
      for grid in entry.tokens.grids where level == nil || grid.level == level {
        for t in 0..<grid.t {
          for y in 0..<grid.h {
            for x in 0..<grid.w where pattern.matches(grid[t, y, x]) {
              expected.insert("\(entry.fingerprint.path) \(grid.level) \(t) \(y) \(x)")
            }
          }
        }
      }
    }
    let all = try index.occurrences(of: pattern, level: level, limit: 100_000)
    let found = all.places.map { "\($0.clip.path) \($0.level) \($0.t) \($0.y) \($0.x)" }
    #expect(Set(found) == expected && found.count == expected.count)
    #expect(all.total == expected.count)
    #expect(zip(all.places, all.places.dropFirst()).allSatisfy { $0.score >= $1.score })
    let few = try index.occurrences(of: pattern, level: level, limit: 3)
    #expect(few.places.count == min(3, expected.count) && few.total == expected.count)
  }

  @Test func aPlaceKnowsItsFramesAndPixels() throws {
    var place = try Place()
    var entry = try place.entry("clip.mkv")
    for level in 0..<2 {
      entry.tokens.grids[level].codes = entry.tokens.grids[level].codes.map { $0 & 31 }
    }
    entry.tokens.grids[0][2, 1, 3] = 63
    let index = try place.open()
    defer { index.close() }
    try index.put(entry)
    let found = try index.occurrences(of: 63, limit: 10)
    let one = try #require(found.places.first)
    #expect(found.total == 1 && found.clips == 1)
    #expect(one.frames == 3..<5)
    // The last column is cut where the picture ends.
    #expect(one.box == PixelBox(x: 24, y: 8, width: 6, height: 8))
    #expect(one.score == 1.0 / 48)
  }

  @Test func eachClipGivesOnePlaceBeforeAnyGivesTwo() {
    #expect(CorpusIndex.shares(of: [5, 1, 3], limit: 5) == [2, 1, 2])
    #expect(CorpusIndex.shares(of: [5, 1, 3], limit: 2) == [1, 1, 0])
    #expect(CorpusIndex.shares(of: [5, 1, 3], limit: 100) == [5, 1, 3])
    #expect(CorpusIndex.shares(of: [], limit: 100) == [])
  }

  @Test func aReplacedClipLeavesNothingOfTheFormer() throws {
    var place = try Place()
    let index = try place.open()
    defer { index.close() }
    let (former, other) = (try place.entry("a.mkv"), try place.entry("b.mkv"))
    #expect(try !index.put(former))
    #expect(try !index.put(other))
    let now = try place.entry("a.mkv")
    #expect(try index.put(now))
    #expect(try index.clipCount() == 2)
    var expected = CodebookUsage(bits: 6)
    for grid in now.tokens.grids + other.tokens.grids {
      expected.addClip(grid.codes, level: grid.level)
    }
    #expect(try index.usage() == expected)
  }

  @Test func aClipIsCurrentTillItOrItsOptionsChange() throws {
    var place = try Place()
    let index = try place.open()
    defer { index.close() }
    let entry = try place.entry("a.mkv")
    #expect(try !index.isCurrent(entry.fingerprint, entry.source))
    try index.put(entry)
    #expect(try index.isCurrent(entry.fingerprint, entry.source))
    var request = ClipRequest(path: entry.fingerprint.path)
    request.frames = 4
    #expect(
      try !index.isCurrent(entry.fingerprint, CorpusSource(request, caption: "a caption")))
    #expect(
      try !index.isCurrent(
        entry.fingerprint, CorpusSource(ClipRequest(path: entry.fingerprint.path), caption: nil)))
    try Data("more than before".utf8).write(to: URL(fileURLWithPath: entry.fingerprint.path))
    #expect(
      try !index.isCurrent(CorpusFingerprint(of: entry.fingerprint.path), entry.source))
  }

  @Test func theNearestVectorComesFirst() throws {
    var place = try Place()
    let index = try place.open()
    defer { index.close() }
    for (name, vector) in [("a", [1, 0]), ("b", [0, 1]), ("c", [0.6, 0.8])] as [(String, [Float])] {
      try index.put(try place.entry(name, embedding: vector))
    }
    let found = try index.nearest(to: [0, 1], limit: 2)
    #expect(found.map(\.clip.name) == ["b", "c"])
    #expect(abs(found[1].score - 0.8) < 1e-6)
  }

  @Test func anIndexOfAnotherModelIsRefusedAndStaysAsItIs() throws {
    var place = try Place()
    _ = try place.filled(1)
    let before = try Data(contentsOf: URL(fileURLWithPath: place.path))
    var other = Self.model
    other.sha256 = String(repeating: "cd", count: 32)
    let error = #expect(throws: CorpusError.self) {
      try CorpusIndex(writing: place.path, model: other)
    }
    #expect(error?.description.contains("abababababab") == true)
    #expect(error?.description.contains("cdcdcdcdcdcd") == true)
    #expect(try Data(contentsOf: URL(fileURLWithPath: place.path)) == before)
  }

  @Test func aNewIndexWithoutClipsLeavesNothing() throws {
    let place = try Place()
    try place.open().close()
    #expect(try place.folder.contents().isEmpty)
  }

  @Test func filesOfOthersAreRefusedAndStayAsTheyAre() throws {
    let place = try Place()
    for text in ["not a database", String(repeating: "SQLite? no. ", count: 1000)] {
      let data = Data(text.utf8)
      try data.write(to: URL(fileURLWithPath: place.path))
      #expect(throws: CorpusError.self) { try place.open() }
      #expect(throws: CorpusError.self) { try CorpusIndex(reading: place.path) }
      #expect(try Data(contentsOf: URL(fileURLWithPath: place.path)) == data)
    }
    #expect(throws: CorpusError.self) { try CorpusIndex(reading: place.folder.file("none.db")) }
    #expect(throws: CorpusError.self) { try CorpusIndex(reading: place.folder.path) }
    #expect(throws: CorpusError.self) {
      try CorpusIndex(writing: "/proc/clips.db", model: Self.model)
    }
  }

  /// Flipped bytes, zeroed stretches, cut ends: an answer or one line, never a crash.
  @Test func damagedFilesAreAnsweredOrRefused() throws {
    var place = try Place()
    let entries = try place.filled(6)
    let sound = [UInt8](try Data(contentsOf: URL(fileURLWithPath: place.path)))
    var random = RandomSource(seed: 11)
    var refused = 0
    for _ in 0..<300 {
      var bytes = sound
      switch random.integer(below: 3) {
      case 0:
        for _ in 0..<1 + random.integer(below: 40) {
          bytes[random.integer(below: bytes.count)] = UInt8(random.integer(below: 256))
        }
      case 1:
        let start = random.integer(below: bytes.count)
        for index in start..<min(bytes.count, start + 2000) { bytes[index] = 0 }
      default: bytes.removeLast(random.integer(below: bytes.count))
      }
      try Data(bytes).write(to: URL(fileURLWithPath: place.path))
      do {
        let index = try CorpusIndex(reading: place.path)
        defer { index.close() }
        _ = try index.clipCount()
        _ = try index.usage()
        _ = try index.occurrences(of: 5, limit: 10)
        _ = try index.nearest(to: [1, 0], limit: 3)
        if let clip = try index.clip(path: entries[0].fingerprint.path) {
          _ = try index.tokens(of: clip)
        }
      } catch let error as CorpusError {
        refused += 1
        #expect(!error.description.contains("\n"))
      }
    }
    #expect(refused > 50)
  }

  /// A thousand clips of 17 frames of 128x128, all codes drawn anew: the worst there can be.
  @Test(
    .enabled(
      if: ProcessInfo.processInfo.environment["PYRATOK_ALL_TESTS"] != nil,
      "set PYRATOK_ALL_TESTS for slow tests"))
  func aThousandClipsAreSmallAndSoonSearched() throws {
    let folder = try TemporaryFolder()
    let model = CorpusModel(
      name: "large", sha256: String(repeating: "ab", count: 32), bits: 16,
      strides: [[2, 8, 8], [4, 8, 8], [4, 16, 16], [4, 32, 32]])
    let index = try CorpusIndex(writing: folder.file("clips.db"), model: model)
    defer { index.close() }
    var random = RandomSource(seed: 1)
    let shapes = model.geometry.grids(padded: [17, 128, 128])
    for number in 0..<1000 {
      let file = folder.file("\(number).mkv")
      try Data().write(to: URL(fileURLWithPath: file))
      let grids = shapes.enumerated().map { level, shape in
        TokenGrid(
          level: level + 1, t: shape[0], h: shape[1], w: shape[2],
          codes: (0..<shape.reduce(1, *)).map { _ in UInt32(random.integer(below: 65_536)) })
      }
      try index.put(
        CorpusEntry(
          fingerprint: try CorpusFingerprint(of: file),
          source: CorpusSource(ClipRequest(path: file), caption: nil),
          tokens: ClipTokens(
            grids: grids, bits: 16, strides: model.strides,
            clip: ClipDescription(frames: 17, width: 128, height: 128), model: model.name,
            modelSHA256: model.sha256),
          embedding: (0..<64).map { _ in Float(random.normal()) }))
    }
    #expect(index.bytes < 50_000_000)
    // The shortest of some: other programs may be at work.
    func shortest(_ work: () throws -> Void) rethrows -> Duration {
      let clock = ContinuousClock()
      return try (0..<5).map { _ in try clock.measure(work) }.min() ?? .zero
    }
    let code = try shortest { _ = try index.occurrences(of: 0x1a2b, limit: 20) }
    let query = (0..<64).map { _ in Float(random.normal()) }
    let text = try shortest { _ = try index.nearest(to: query, limit: 20) }
    print("\(index.bytes) bytes; a code in \(code), a vector in \(text)")
    #expect(code < .milliseconds(100) && text < .milliseconds(100))
  }

  @Test func aClipsVectorIsThatOfRetrieval() throws {
    let tokenizer = try makeTinyTokenizer()
    var random = RandomSource(seed: 2)
    let video = Tensor(
      (0..<5 * 64 * 64 * 3).map { _ in Float(random.uniform() * 2 - 1) }, shape: [1, 5, 64, 64, 3])
    let latents = tokenizer.model.encode(Variable(video))
    let encoding = try tokenizer.model.textEncoding(vocabulary: tokenizer.vocabulary)
    let pair = tokenizer.model.alignment(latents, text: encoding(["a red circle"]))
    let tokens = tokenizer.tokens(
      latents.grids(), of: ClipDescription(frames: 5, width: 64, height: 64))
    for (mine, theirs) in [
      (tokenizer.vector(of: tokens), pair.codes.value.values),
      (try tokenizer.vector(of: "a red circle"), pair.text.value.values),
    ] {
      #expect(mine.count == theirs.count)
      #expect(zip(mine, theirs).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }
}
