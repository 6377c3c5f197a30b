import Tensors
import Testing
import Tokenization
import VideoIO

@testable import TokenizerEngine

@Test func bitsThatRepeatEachOtherStandSideBySide() {
  // 0 goes with 3 strongly and with 4 weakly, 1 with 2.
  var phi = (0..<5).map { row in (0..<5).map { row == $0 ? 1.0 : 0.01 } }
  for (a, b, value) in [(0, 3, -0.9), (0, 4, 0.5), (1, 2, 0.7)] {
    phi[a][b] = value
    phi[b][a] = value
  }
  let relations = BitRelations(correlation: phi, flipRate: nil)
  #expect(relations.order.sorted() == [0, 1, 2, 3, 4])
  func distance(_ a: Int, _ b: Int) -> Int {
    abs((relations.order.firstIndex(of: a) ?? 0) - (relations.order.firstIndex(of: b) ?? 9))
  }
  #expect(distance(0, 3) == 1)
  #expect(distance(0, 4) == 1)
  #expect(distance(1, 2) == 1)
  #expect(relations.pairs.prefix(3).map(\.phi) == [-0.9, 0.7, 0.5])
  #expect(relations.pairs.count == 10)
}

/// Four tokens a step; the highest bit flips at every step, bit 1 at half of the places, others never.
@Test func flipRatesAreSharesOfPlaces() {
  var level = TokenLevel(
    level: 1, stride: TokenStride(t: 2, y: 8, x: 8), steps: 4, rows: 2, columns: 2, bits: 4)
  #expect(BitRelations.flipRate(of: level) == nil, "nothing is known")
  for step in 0..<4 {
    let codes = (0..<4).map { place -> UInt32 in
      (step % 2 == 1 ? 0b1000 : 0) | (step % 2 == 1 && place < 2 ? 0b0100 : 0) | 0b0001
    }
    _ = level.insert(
      TokenSlice(level: 1, firstStep: step, rows: 2, columns: 2, codes: codes), keepsMargins: false)
  }
  #expect(BitRelations.flipRate(of: level) == [1, 0.5, 0, 0])
}

/// |z| spread evenly over 0…3: the reach of slope k is 5.986/k, all of it below k = 2.
@Test func theReachOfASlopeIsAShareOfTheValues() {
  let flat = MarginStatistics(
    tokens: 60, magnitude: [1.5], histogram: [Int](repeating: 10, count: MarginStatistics.parts))
  for slope in [4.0, 6, 10, 40, 400] {
    #expect(abs(flat.shareInReach(slope: slope) - 5.986 / slope / 3) < 1e-9)
  }
  #expect(flat.shareInReach(slope: 1) == 1)
  #expect(flat.shareInReach(slope: 0) == 0)
}

@Test func marginsAreCountedByBitAndSize() throws {
  var level = TokenLevel(
    level: 1, stride: TokenStride(t: 2, y: 8, x: 8), steps: 1, rows: 1, columns: 2, bits: 2)
  #expect(MarginStatistics(of: level) == nil)
  _ = level.insert(
    TokenSlice(
      level: 1, firstStep: 0, rows: 1, columns: 2, codes: [2, 0], margins: [0.5, -2, -1.5, -9]),
    keepsMargins: true)
  let margins = try #require(MarginStatistics(of: level))
  #expect(margins.tokens == 2)
  #expect(margins.magnitude == [1, 5.5])
  #expect(margins.histogram[10] == 1)
  #expect(margins.histogram[30] == 1)
  #expect(margins.histogram[40] == 1)
  #expect(margins.histogram.last == 1, "what is larger is in the last")
}

/// The first half of the steps shows one code, the second random ones.
@Test func windowsTellWhenUsageChanges() throws {
  var level = TokenLevel(
    level: 2, stride: TokenStride(t: 4, y: 8, x: 8), steps: 96, rows: 8, columns: 8, bits: 16)
  var random = RandomSource(seed: 2)
  for step in 0..<96 where step != 95 {
    let codes = (0..<64).map { _ in step < 48 ? 7 : UInt32(random.integer(below: 1 << 16)) }
    _ = level.insert(
      TokenSlice(level: 2, firstStep: step, rows: 8, columns: 8, codes: codes), keepsMargins: false)
  }
  let windows = UsageWindow.windows(of: level)
  #expect(windows.count == 48)
  let (early, late) = (windows[5], windows[40])
  #expect(early.steps == 10..<12)
  #expect(early.tokens == 128)
  #expect((early.used, early.jointEntropyBits, early.bitEntropy) == (1, 0, 0))
  #expect(early.change == 0)
  #expect(late.shareOfCeiling > 0.98)
  #expect(late.bitEntropy > 0.95)
  #expect(abs(late.excessTotalCorrelation) < 0.1)
  #expect((late.change ?? 0) > 0.99)
  #expect(windows[47].tokens == 64, "its second step is not known")
}
