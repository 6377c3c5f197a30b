import Foundation
import Tensors
import Testing
import Tokenization

@testable import Evaluation

/// The panels and vectors of known collapse, 4 bits each.
struct CodebookDiagnosisTests {
  private func diagnose(_ codes: [UInt32], bits: Int = 4) -> LevelDiagnosis {
    var histogram = CodeHistogram(bits: bits)
    histogram.add(codes)
    return LevelDiagnosis(level: 1, histogram: histogram)
  }

  private func repeated(_ codes: [UInt32], _ times: Int = 10) -> [UInt32] {
    Array(repeatElement(codes, count: times).joined())
  }

  private func alerts(_ codes: [UInt32], bits: Int = 4, level: Int = 1) -> [Alert] {
    var usage = CodebookUsage(bits: bits)
    usage.add(codes, level: level)
    return usage.diagnosis().alerts
  }

  @Test func sixCodesOfFourBitsHaveTheKnownNumbers() throws {
    let level = diagnose([15, 14, 8, 0, 3, 15])
    let spectrum = try #require(level.spectrum)
    #expect(abs(spectrum.entropyInBits - 2.2516291674) < 1e-9)
    #expect(abs(spectrum.perplexity - 4.7622031559) < 1e-9)
    #expect(level.used == 5)
    let bits = try #require(level.bitStatistics)
    #expect(bits.shareOfOnes.map { ($0 * 1e4).rounded() } == [6667, 5000, 6667, 5000])
    for (found, known) in zip(bits.entropy, [0.91829583, 1, 0.91829583, 1]) {
      #expect(abs(found - known) < 1e-8)
    }
    let known: [(Int, Int, Double)] = [
      (0, 1, 0.70710678), (0, 2, 0.25), (0, 3, 0), (1, 2, 0.70710678), (1, 3, 0.33333333),
      (2, 3, 0.70710678),
    ]
    for (first, second, phi) in known {
      #expect(abs(bits.correlation[first][second] - phi) < 1e-8)
      #expect(abs(bits.correlation[second][first] - phi) < 1e-8)
    }
    #expect(abs(bits.entropy.reduce(0, +) - 3.83659167) < 1e-8)
    #expect(abs(try #require(bits.totalCorrelation) - 1.5849625) < 1e-7)
  }

  @Test func oneCodeForAllIsACollapseOfEveryBit() throws {
    let codes = repeated([9], 40)
    let level = diagnose(codes)
    let spectrum = try #require(level.spectrum)
    #expect(spectrum.entropyInBits == 0)
    #expect(spectrum.perplexity == 1)
    #expect(spectrum.zipfSlope == nil)
    #expect(try #require(level.bitStatistics).dead == [0, 1, 2, 3])
    let found = alerts(codes)
    #expect(found.first?.rule == .deadBit)
    #expect(found.first?.severity == .error)
    #expect(found.contains { $0.rule == .collapse })
  }

  @Test func twoAntipodalCodesHavePerfectBitsAndAreStillCaught() throws {
    let codes = repeated([0b0101, 0b1010], 40)
    let bits = try #require(diagnose(codes).bitStatistics)
    #expect(bits.entropy == [1, 1, 1, 1])
    #expect(abs(try #require(bits.totalCorrelation) - 3) < 1e-12)
    #expect(abs(try #require(bits.excessTotalCorrelation) - 3) < 0.2)
    let rules = Set(alerts(codes).map(\.rule))
    #expect(rules.isSuperset(of: [.duplicateBits, .correlation, .collapse]))
  }

  @Test func allCodesAlikeRaiseNothing() throws {
    let codes = repeated(Array(0..<16))
    let level = diagnose(codes)
    let spectrum = try #require(level.spectrum)
    #expect(spectrum.entropyInBits == 4)
    #expect(abs(try #require(level.bitStatistics?.totalCorrelation)) < 1e-12)
    #expect(abs(try #require(spectrum.zipfSlope)) < 1e-12)
    #expect(alerts(codes).isEmpty)
  }

  @Test func oneDeadBitIsNamed() throws {
    let codes = repeated(Array(0..<8))
    let level = diagnose(codes)
    let spectrum = try #require(level.spectrum)
    #expect(abs(spectrum.entropyInBits - 3) < 1e-12)
    #expect(abs(spectrum.perplexity - 8) < 1e-9)
    #expect(try #require(level.bitStatistics).dead == [0])
    let alert = try #require(alerts(codes).first)
    #expect(alert.rule == .deadBit && alert.severity == .warning && alert.level == 1)
    #expect(alert.text == "bit 0 of 4 nearly never changes")
  }

  @Test func parityIsSeenOnlyByJointViews() throws {
    let codes = repeated((0..<8).map { $0 << 1 | UInt32(($0 as UInt32).nonzeroBitCount & 1) }, 40)
    let bits = try #require(diagnose(codes).bitStatistics)
    for first in 0..<4 {
      for second in 0..<first { #expect(abs(bits.correlation[first][second]) < 1e-12) }
    }
    #expect(abs(try #require(bits.totalCorrelation) - 1) < 1e-12)
    let found = alerts(codes)
    #expect(found.map(\.rule) == [.correlation, .parity])
    #expect(found.last?.text.contains("bits 0, 1, 2, 3 fix each other's parity") == true)
    #expect(bits.joint?.parities.map(\.bits) == [[0, 1, 2, 3]])
    #expect(bits.joint?.parities.first?.correlation == 1)
    #expect(bits.joint?.parities.first?.information == 1)
  }

  @Test(arguments: [1, 4, 33, 80, 320, 1280, 2304, 100_000])
  func aHealthyRandomCodebookRaisesNothingAboveInfo(tokens: Int) {
    for (bits, seed) in [(4, 1), (8, 2), (16, 3), (16, 4), (18, 5)] as [(Int, UInt64)] {
      var random = RandomSource(seed: seed)
      var usage = CodebookUsage(bits: bits)
      for (level, share) in [(1, 1), (2, 2), (3, 8), (4, 32)] {
        let count = max(1, tokens / share)
        usage.add((0..<count).map { _ in UInt32(random.integer(below: 1 << bits)) }, level: level)
      }
      let alerts = usage.diagnosis().alerts
      #expect(alerts.allSatisfy { $0.severity == .info }, "\(bits) bits: \(alerts)")
    }
  }

  @Test func shufflingRemovesTheBiasOfFewTokens() throws {
    var random = RandomSource(seed: 7)
    let codes = (0..<1280).map { _ in UInt32(random.integer(below: 65_536)) }
    let level = diagnose(codes, bits: 16)
    let spectrum = try #require(level.spectrum)
    let bits = try #require(level.bitStatistics)
    #expect(abs(spectrum.entropyInBits - 10.3025) < 0.02)
    #expect(abs(try #require(bits.totalCorrelation) - 5.69) < 0.02)
    #expect(abs(try #require(bits.excessTotalCorrelation)) < 0.05)
  }

  @Test func aCoarseLevelThatUsesLessThanHalfOfTheFinestIsNamed() throws {
    var usage = CodebookUsage(bits: 8)
    usage.add((0..<256).map { UInt32($0) }, level: 1)
    usage.add((0..<256).map { UInt32($0 % 64) }, level: 4)
    let alert = try #require(usage.diagnosis().alerts.first { $0.rule == .coarse })
    #expect(alert.level == 4)
    #expect(alert.severity == .warning)
  }

  @Test func codesThatAreNoBitsHaveNoBitStatistics() {
    var usage = CodebookUsage(codes: 1000)
    usage.add([3, 999, 3], level: 1)
    let level = usage.diagnosis().levels[0]
    #expect(level.bitStatistics == nil)
    #expect(level.used == 2)
    #expect(level.spectrum?.topCodes.first == .init(code: 3, count: 2))
    #expect(level.spectrum?.rankFrequency == [2, 1])
  }

  @Test func theOrderAndThePortionsInWhichCodesComeDoNotMatter() {
    let codes: [UInt32] = [1, 5, 5, 2, 9, 1]
    var whole = CodebookUsage(bits: 4)
    whole.add(codes, level: 2)
    var parts = CodebookUsage(bits: 4)
    parts.add(codes.suffix(4).reversed(), level: 2)
    var other = CodebookUsage(bits: 4)
    other.add(codes.prefix(2), level: 2)
    parts.add(other)
    #expect(whole.diagnosis(seed: 3) == parts.diagnosis(seed: 3))
  }
}
