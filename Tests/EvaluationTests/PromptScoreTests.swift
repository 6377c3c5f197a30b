import Tensors
import TestSupport
import Testing
import Tokenization

@testable import Evaluation

@Suite struct PromptScoreTests {
  @Test func accuraciesAreCountedByHand() {
    var score = PromptScore(aspect: .presence, isStatistics: false)
    let seen: [(PromptScore.Row, [(Int, Int)])] = [
      (.truth, [(0, 0), (0, 0), (1, 1), (1, 1), (1, 1)]),
      (.reconstruction, [(0, 0), (0, 0), (1, 1), (1, 1), (1, 0)]),
      (.prompted, [(0, 0), (0, 1), (1, 1), (1, 0), (1, 0)]),
    ]
    for (row, pairs) in seen {
      for (asked, seen) in pairs {
        score.add(row, asked: asked, seen: seen, classes: PromptAspect.presences)
      }
    }
    #expect(score.accuracy(.truth) == 1)
    #expect(score.accuracy(.reconstruction) == 0.8)
    #expect(score.accuracy(.prompted) == 0.4)
    #expect(score.shareOfCeiling == 0.5)
    #expect(score.accuracy(.unchanged).isNaN)
    #expect(score.count == 5)
    // Three of five are "present": saying so always is right that often.
    #expect(score.chance == 0.6)
    #expect(score.matrices[.prompted]?.counts == [[1, 1], [2, 1]])
  }

  @Test func theIntervalIsWilsons() {
    var score = PromptScore(aspect: .presence, isStatistics: false)
    for index in 0..<10 {
      score.add(.prompted, asked: 1, seen: index < 8 ? 1 : 0, classes: PromptAspect.presences)
    }
    // 8 of 10: 0.4902 to 0.9433.
    #expect(abs(score.margin - (0.9433 - 0.4902) / 2) < 1e-3)
  }

  @Test func chanceIsAnEvenDrawAmongManyClasses() {
    var matrix = ConfusionMatrix(classes: ["a", "b", "c", "d"])
    #expect(matrix.accuracy.isNaN)
    for asked in 0..<4 { matrix.add(asked: asked, seen: 0) }
    #expect(matrix.chance == 0.25)
    #expect(matrix.accuracy == 0.25)
  }

  @Test func theMedianColourIsToldDarkerOrBrighter() {
    let colours: [SIMD4<Float>] = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [1, 1, 1, 0]]
    let statistics = ColourStatistics(colours: colours)
    // Four pixels, the last one outside of the mask.
    let red: [UInt8] = [200, 4, 0, 190, 0, 9, 0, 255, 0, 0, 0, 255]
    #expect(statistics.classOf(pixels: red, mask: [1, 1, 1, 0]) == 0)
    #expect(statistics.classOf(pixels: red, mask: [0, 0, 1, 0]) == 1)
    #expect(statistics.classOf(pixels: red, mask: [0, 0, 0, 2]) == 2)
    #expect(statistics.classOf(pixels: red, mask: [0, 0, 0, 0]) == nil)
  }
}

@Suite struct JudgeFolderTests {
  private static let configuration = JudgeConfiguration(
    colours: ["red", "blue"], shapes: ["circle", "square", "ring"], motions: ["stays", "left"])

  private static var judge: PromptJudge {
    var random = RandomSource(seed: 2)
    return PromptJudge(configuration, random: &random)
  }

  @Test func aWrittenJudgeJudgesAlike() throws {
    let folder = try TemporaryFolder()
    let judge = Self.judge
    try judge.write(to: folder.path)
    let (read, hash) = try PromptJudge.read(folder.path)
    #expect(read.configuration == Self.configuration)
    #expect(hash.count == 64)
    var random = RandomSource(seed: 7)
    let views = (0..<6).map { _ in
      let pixels = (0..<17 * 64 * 64 * 3).map { _ in UInt8(random.uniform() * 255) }
      return JudgeView(
        pixels: pixels, frames: 17, box: PixelBox(x: 8, y: 4, width: 40, height: 50))
    }
    let aspects: Set<PromptAspect> = [.colour, .shape, .motion, .presence]
    let (first, second) = (
      judge.logits(JudgeView.batch(views), of: aspects),
      read.logits(JudgeView.batch(views), of: aspects)
    )
    for aspect in aspects {
      let (a, b) = (try #require(first[aspect]), try #require(second[aspect]))
      #expect(a.shape == [6, Self.configuration.classes(of: aspect).count])
      // Weights are stored with 11 bits.
      expectClose(a.value, b.value, within: 0.02)
    }
  }

  /// Frames are taken evenly, and what lies outside of the box is not seen at all.
  @Test func aViewIsFiveFramesOfABox() {
    var pixels = [UInt8](repeating: 0, count: 17 * 64 * 64 * 3)
    for frame in 0..<17 {
      for index in 0..<64 * 64 * 3 { pixels[frame * 64 * 64 * 3 + index] = UInt8(frame * 10) }
    }
    let box = PixelBox(x: 3, y: 5, width: 2, height: 1)
    let view = JudgeView(pixels: pixels, frames: 17, box: box)
    let values = view.values()
    let shown: [Float] = (0..<5).map { step in values[8 * (step * 4096 + 5 * 64 + 3)] }
    let frames: [Float] = [0, 4, 8, 12, 16]
    let wanted: [Float] = frames.map { $0 * 10 / 127.5 - 1 }
    #expect(shown == wanted)
    let seen: Int = (0..<5 * 4096).count { values[8 * $0 + 3] != 0 }
    #expect(seen == 5 * 2)
  }

  @Test func whatDiffersFromTheEmptySceneStandsOut() {
    var pixels = [UInt8](repeating: 100, count: 64 * 64 * 3)
    let empty = pixels
    pixels.replaceSubrange(30..<33, with: [148, 100, 100])
    pixels.replaceSubrange(33..<36, with: [0, 255, 0])
    let box = PixelBox(x: 0, y: 0, width: 12, height: 1)
    let values = JudgeView(pixels: pixels, empty: empty, frames: 1, box: box).values(of: 0..<1)
    #expect((9..<13).map { values[8 * $0 + 7] } == [0, 0.5, 1, 0])
  }

  @Test func aViewIsTurnedToEightSides() {
    var pixels = [UInt8](repeating: 0, count: 64 * 64 * 3)
    pixels[3 * (5 * 64 + 3)] = 255
    let whole = PixelBox(x: 0, y: 0, width: 64, height: 64)
    let view = JudgeView(pixels: pixels, frames: 1, box: whole)
    let places = (0..<8).map { turn -> [Int] in
      let values = view.values(turned: turn)
      let red: [Float] = (0..<64 * 64).map { values[8 * $0] }
      let index = red.firstIndex(of: 1) ?? 0
      return [index % 64, index / 64]
    }
    #expect(
      places == [[3, 5], [60, 5], [3, 58], [60, 58], [5, 3], [5, 60], [58, 3], [58, 60]])
  }

  @Test func badFoldersAreRefusedInOneLine() throws {
    let folder = try TemporaryFolder()
    #expect(throws: (any Error).self) { try PromptJudge.read(folder.path) }
    try Self.judge.write(to: folder.path)
    let weights = folder.file("model.safetensors")
    var file = try SafetensorsFile.read(weights)
    file.tensors["heads.shape.bias"] = nil
    try file.write(to: weights)
    let message = #expect(throws: TokenizationError.self) { try PromptJudge.read(folder.path) }
    #expect(message.map { "\($0)" }?.contains("heads.shape.bias") ?? false)
    try WholeFile.write([Array("{\"format\":\"other\"}".utf8)], to: folder.file("config.json"))
    #expect(throws: TokenizationError.self) { try PromptJudge.read(folder.path) }
  }
}
