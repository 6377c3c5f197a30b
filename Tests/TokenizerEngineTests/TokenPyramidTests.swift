import Testing

@testable import TokenizerEngine

private let nano = [
  TokenStride(t: 2, y: 8, x: 8), TokenStride(t: 4, y: 8, x: 8), TokenStride(t: 4, y: 16, x: 16),
  TokenStride(t: 4, y: 32, x: 32),
]

private func pyramid(frames: Int = 17, width: Int = 128, height: Int = 128) -> TokenPyramid {
  TokenPyramid(
    model: ModelSummary(
      name: "nano", sha256: "", bits: 16, strides: nano, parameters: 0, encoderReach: 0,
      decoderReach: 0, spatialReach: []), frames: frames, width: width, height: height)
}

@Test func seventeenFramesOf128HaveTheGridsOfTheDesign() {
  let levels = pyramid().levels
  #expect(levels.map { $0.steps * $0.rows * $0.columns } == [2304, 1280, 320, 80])
}

@Test(arguments: [(1, 1, 1), (3, 161, 121), (30, 256, 144)])
func gridsFollowFromThePaddedSize(frames: Int, width: Int, height: Int) {
  let levels = pyramid(frames: frames, width: width, height: height).levels
  let padded = ((frames - 1 + 3) / 4 * 4 + 1, (height + 31) / 32 * 32, (width + 31) / 32 * 32)
  for level in levels {
    #expect(level.steps == (padded.0 - 1) / level.stride.t + 1)
    #expect(level.rows == padded.1 / level.stride.y)
    #expect(level.columns == padded.2 / level.stride.x)
  }
}

@Test func theFirstStepIsFrameZeroAlone() {
  let stride = TokenStride(t: 4, y: 8, x: 8)
  #expect([0, 1, 4, 5, 8].map { stride.step(ofFrame: $0) } == [0, 1, 1, 2, 2])
  #expect(stride.frames(ofStep: 0) == 0...0)
  #expect(stride.frames(ofStep: 2) == 5...8)
}

@Test func parentAndChildCoverTheSamePlace() {
  let pyramid = pyramid()
  let fine = TokenPosition(level: 1, step: 3, row: 5, column: 14)
  let coarse = pyramid.position(fine, atLevel: 4)
  #expect(coarse == TokenPosition(level: 4, step: 2, row: 1, column: 3))
  #expect(pyramid.position(fine, atLevel: 1) == fine)
}

@Test func whatIsKnownIsNotOverwritten() {
  var pyramid = pyramid()
  let slice = TokenSlice(
    level: 4, firstStep: 1, rows: 4, columns: 4, codes: Array(repeating: 7, count: 16))
  let isNew = pyramid.insert([slice])
  #expect(isNew)
  var other = slice
  other.codes = Array(repeating: 9, count: 16)
  let isNewAgain = pyramid.insert([other])
  #expect(!isNewAgain)
  #expect(pyramid.usage(of: 7, level: 4)?.count == 16)
  #expect(pyramid.places(of: 7, level: 4, limit: 3).count == 3)
  #expect(pyramid[level: 4]?.change(atStep: 1) == nil, "the step before is unknown")
}

@Test func fourEquallyUsedCodesHavePerplexityFour() {
  var counts = [UInt32](repeating: 0, count: 1 << 16)
  for code in [0, 0xffff, 0x00ff, 0xff00] { counts[code] = 5 }
  let statistics = LevelStatistics(level: 1, bits: 16, counts: counts)
  #expect(statistics.tokens == 20)
  #expect(statistics.used == 4)
  #expect(abs(statistics.perplexity - 4) < 1e-9)
  #expect(abs(statistics.jointEntropyBits - 2) < 1e-9)
  #expect(statistics.ones.allSatisfy { abs($0 - 0.5) < 1e-12 })
  #expect(abs(abs(statistics.strongestPair?.phi ?? 0) - 1) < 1e-9)
  #expect(statistics.deadBits.isEmpty)
}

@Test(arguments: [(1280, 0.0193), (5120, 0.0752), (65_536, 0.632)])
func theCeilingIsWhatUniformUseWouldShow(tokens: Int, share: Double) {
  var counts = [UInt32](repeating: 0, count: 1 << 16)
  counts[0] = UInt32(tokens)
  let statistics = LevelStatistics(level: 1, bits: 16, counts: counts)
  #expect(abs(statistics.ceiling / 65_536 - share) < 0.0005)
  #expect(statistics.deadBits.count == 16)
  #expect(statistics.perplexity == 1)
}
