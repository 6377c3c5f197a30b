import Tensors
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
      decoderReach: 0, fields: []), frames: frames, width: width, height: height)
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
  let statistics = LevelUsage(level: 1, bits: 16, counts: counts)
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
  let statistics = LevelUsage(level: 1, bits: 16, counts: counts)
  #expect(abs(statistics.ceiling / 65_536 - share) < 0.0005)
  #expect(statistics.deadBits.count == 16)
  #expect(statistics.perplexity == 1)
}

@Test func stepsTakeMemoryOnceKnownAndShareIt() {
  var pyramid = pyramid(frames: 1_000_001)
  #expect(pyramid[level: 1]?.steps == 500_001)
  let codes = [UInt32](repeating: 7, count: 256)
  let slice = TokenSlice(level: 1, firstStep: 400_000, rows: 16, columns: 16, codes: codes)
  pyramid.insert([slice])
  let copy = pyramid
  let kept = copy[level: 1]?.codes(ofStep: 400_000)
  #expect(
    kept?.withUnsafeBufferPointer { $0.baseAddress }
      == slice.codes.withUnsafeBufferPointer { $0.baseAddress })
  #expect(pyramid.knownTokens == 256)
  #expect(!pyramid.isWhole)
}

@Test func marginsStayNearThePlayheadAndWithinTheirLimit() {
  let one = 16 * 16 * 16 * 2
  var pyramid = TokenPyramid(
    model: ModelSummary(
      name: "nano", sha256: "", bits: 16, strides: nano, parameters: 0, encoderReach: 0,
      decoderReach: 0, fields: []), frames: 401, width: 128, height: 128, marginLimit: 40 * one)
  for step in 0..<200 {
    let slice = TokenSlice(
      level: 1, firstStep: step, rows: 16, columns: 16,
      codes: [UInt32](repeating: UInt32(step), count: 256),
      margins: [Float](repeating: Float(step), count: 256 * 16))
    pyramid.insert([slice], near: 100)
    #expect((pyramid[level: 1]?.margins.count ?? 0) <= 40)
  }
  let level = pyramid[level: 1]
  #expect(level?.margins(step: 50, row: 3, column: 4) == [Float](repeating: 50, count: 16))
  #expect(level?.margins(step: 0, row: 0, column: 0) == nil)
  #expect(level?.code(step: 0, row: 0, column: 0) == 0, "the code stays")
}

/// A level of uniform random codes, and one whose bit 3 is copied to bit 11.
@Test func findingsTellRepeatedBitsFromFewTokens() {
  var pyramid = pyramid(frames: 97)
  var random = RandomSource(seed: 5)
  for level in pyramid.levels where level.level != 3 {
    let codes = (0..<level.tokens).map { _ -> UInt32 in
      let code = UInt32(random.integer(below: 1 << 16))
      return level.level == 2 ? code & ~16 | code >> 8 & 16 : code
    }
    pyramid.insert([
      TokenSlice(
        level: level.level, firstStep: 0, rows: level.rows, columns: level.columns, codes: codes)
    ])
  }
  let findings = CodebookFindings(pyramid)
  #expect(findings.levels.map(\.level) == [1, 2, 4], "level 3 is not known")
  #expect(findings.sampledTokens == nil)
  #expect(abs(findings.levels[0].excessTotalCorrelation ?? 9) < 0.02)
  #expect((findings.levels[1].excessTotalCorrelation ?? 0) > 0.03)
  let (slope, uniform) = (findings.levels[0].zipfSlope, findings.levels[0].uniformZipfSlope)
  #expect(abs((slope ?? 0) - (uniform ?? 9)) < 0.02)
  #expect((slope ?? 0) < -0.1, "chance alone makes a slope")
  #expect(findings.alerts.contains { $0.level == 2 && $0.severity == .warning })
  #expect(!findings.alerts.contains { $0.level == 1 && $0.severity != .info })
}
