import Foundation
import Tensors
import Testing
import Tokenization

@testable import Evaluation

/// Known figures of quantizers, computed in double precision from their formulas.
struct CodebookFiguresTests {
  /// Z[n, d] = sin(1.3 n + 0.7 d + 0.2), [6, 4].
  private let z = (0..<6).flatMap { n in
    (0..<4).map { d in sin(1.3 * Double(n) + 0.7 * Double(d) + 0.2) }
  }

  @Test(arguments: [
    (10, 6.931472, 6.931472, 6.921284), (12, 8.317766, 8.317766, 8.277623),
    (14, 9.704061, 9.704061, 9.552336), (16, 11.090355, 11.090355, 10.586336),
    (17, 11.783502, 11.512925, 10.945943), (18, 12.476649, 11.512925, 11.189778),
    (20, 13.862944, 11.512925, 11.421836),
  ])
  func reportedEntropiesEndAtTheirCaps(bits: Int, exact: Double, clamped: Double, added: Double) {
    #expect(abs(EntropyCap.exact.nats(codebookSize: 1 << bits) - exact) < 1e-6)
    #expect(abs(EntropyCap.clamped.nats(codebookSize: 1 << bits) - clamped) < 1e-6)
    #expect(abs(EntropyCap.added.nats(codebookSize: 1 << bits) - added) < 1e-6)
  }

  @Test func anEntropyAtItsCapIsAllThereCanBe() {
    let level = LevelDiagnosis(
      level: 1, tokens: 1 << 20, codebookSize: 1 << 18, used: 258_000, bitStatistics: nil,
      clips: nil, latents: nil, reportedEntropy: 11.1896)
    #expect(CodebookDiagnosis(levels: [level]).alerts.map(\.rule) == [.cap])
    let lower = LevelDiagnosis(
      level: 1, tokens: 1 << 20, codebookSize: 1 << 18, used: 258_000, bitStatistics: nil,
      clips: nil, latents: nil, reportedEntropy: 10.2)
    #expect(CodebookDiagnosis(levels: [lower]).alerts.isEmpty)
  }

  @Test(arguments: [
    (16, 1280, 10.3025, 5.69), (16, 5120, 12.2451, 3.75), (16, 65_536, 15.1728, 0.83),
    (12, 1280, 10.0287, 1.96), (12, 5120, 11.3309, 0.67), (8, 1280, 7.8496, 0.15),
    (8, 5120, 7.9638, 0.04),
  ])
  func theJointEntropyOfFewTokensIsTooLowByThis(
    bits: Int, tokens: Int, entropy: Double, spurious: Double
  ) {
    let expected = UsageEstimators.entropyCeilingInBits(codebookSize: 1 << bits, tokens: tokens)
    #expect(abs(expected - entropy) < 5.1e-5)
    // The bits' own entropies are too low as well, each by 1/(2 N ln 2).
    let sum = Double(bits) * (1 - 1 / (2 * Double(tokens) * log(2)))
    #expect(abs(sum - expected - spurious) < 0.0051)
  }

  @Test func threeResidualStagesHaveTheKnownCodesAndResiduals() {
    let ladder = ResidualLadder(z, bits: 4, scales: [1, 0.5, 0.25])
    #expect(
      ladder.codes == [[15, 14, 8, 0, 3, 15], [0, 1, 7, 15, 12, 0], [7, 13, 4, 1, 5, 7]])
    let residuals = [ladder.stages[0].rmsBefore] + ladder.stages.map(\.rmsAfter)
    for (found, known) in zip(residuals, [0.71430302, 0.45820601, 0.33179930, 0.15423844]) {
      #expect(abs(found - known) < 1e-8)
    }
    for (stage, known) in zip(ladder.stages, [0.20995274, 0.11009078, 0.02378950]) {
      #expect(abs(stage.commitment - known) < 1e-8)
    }
    for (stage, known) in zip(ladder.stages, [0.20995274, 0.51022881, 0.51488565]) {
      #expect(abs(stage.commitmentToOne - known) < 1e-8)
    }
    #expect(Array(ladder.sums[0..<4]) == [0.25, 0.75, 0.75, 0.75])
    #expect(Array(ladder.sums[12..<16]) == [-0.75, -0.75, -0.75, -0.25])
  }

  @Test func aStageThatIsTooLargeIsNamed() throws {
    var usage = CodebookUsage(bits: 4)
    let ladder = ResidualLadder(z, bits: 4, scales: [1, 1.5])
    usage.add(ladder.codes[0], level: 1)
    var statistics = LatentStatistics(slope: nil)
    statistics.add(stages: ladder.stages)
    usage.add(statistics, level: 1)
    let alert = try #require(usage.diagnosis().alerts.first)
    #expect(alert.rule == .scale)
    #expect(alert.text.hasPrefix("stage 2 leaves a larger residual"))
  }

  @Test func finiteScalarsHaveTheKnownCodes() {
    let codes = FiniteScalars.codes(of: z.map { 2 * $0 }, levels: [8, 5, 5, 5])
    #expect(codes == [997, 359, 14, 400, 968, 998])
    #expect(FiniteScalars.codes(of: [.nan, .infinity, -.infinity], levels: [3]) == [1, 2, 0])
  }

  @Test func dimensionsOfFiniteScalarsAreToldApart() throws {
    var usage = CodebookUsage(dimensions: [8, 5])
    // The first counts to eight, the second stays at 2.
    usage.add((0..<80).map { UInt32($0 % 8 + 2 * 8) }, level: 1)
    let diagnosis = usage.diagnosis()
    let dimensions = try #require(diagnosis.levels[0].dimensions)
    #expect(dimensions[0].shares == [Double](repeating: 0.125, count: 8))
    #expect(dimensions[0].entropy == 3 && dimensions[0].evenness == 1)
    #expect(dimensions[1].shares == [0, 0, 1, 0, 0])
    #expect(dimensions[1].entropy == 0)
    #expect(diagnosis.alerts.first?.text == "dimension 1 of 2 nearly never changes")
  }

  @Test func theReachOfTheEntropyTermIsCounted() {
    var statistics = LatentStatistics(slope: 400)
    statistics.add([0, 0.0149, -0.0149, 0.0151, 1, -1, .nan, 2])
    #expect(statistics.inReach == 0.375)
    statistics = LatentStatistics(slope: 4)
    statistics.add(z)
    #expect(statistics.inReach == 1)
  }

  @Test func groupsOfBitsAreKnownFromFewTokens() throws {
    var random = RandomSource(seed: 3)
    var histogram = CodeHistogram(bits: 18)
    for _ in 0..<4000 {
      // The lowest bit repeats the one above it.
      let code = UInt32(random.integer(below: 1 << 17))
      histogram.add(code << 1 | code & 1, times: 1)
    }
    let joint = try #require(LevelDiagnosis(level: 1, histogram: histogram).bitStatistics?.joint)
    #expect(joint.groups.map(\.bits) == [0..<6, 6..<12, 12..<18])
    #expect(abs(joint.groups[0].entropy - 6) < 0.01)
    #expect(abs(joint.groups[2].entropy - 5) < 0.01)
    #expect(abs(joint.groups[2].correlation - 1) < 0.01)
  }

  @Test func parityIsFoundAmongFewTokensOfManyBits() throws {
    for (bits, tokens) in [(8, 64), (12, 80), (16, 100), (18, 128)] {
      var random = RandomSource(seed: UInt64(bits))
      var usage = CodebookUsage(bits: bits)
      let members: UInt32 = 0b1001_0110
      for _ in 0..<tokens {
        let code = UInt32(random.integer(below: 1 << bits))
        let isOdd = !(code & members).nonzeroBitCount.isMultiple(of: 2)
        usage.add(CollectionOfOne(isOdd ? code ^ 0b10 : code), level: 1)
      }
      let alerts = usage.diagnosis().alerts.filter { $0.severity > .info }
      #expect(alerts.map(\.rule) == [.parity], "\(bits) bits: \(alerts)")
      let names = [7, 4, 2, 1].map { String(bits - 1 - $0) }.joined(separator: ", ")
      #expect(alerts.first?.text.hasPrefix("bits \(names) fix") == true)
    }
  }

  @Test func whatPairsExplainIsNoParity() throws {
    var random = RandomSource(seed: 9)
    var usage = CodebookUsage(bits: 10)
    for _ in 0..<2000 {
      let code = UInt32(random.integer(below: 256))
      // Bits 8 and 9 repeat bits 0 and 1, so that four bits together are even.
      usage.add(CollectionOfOne(code << 2 | code & 3), level: 1)
    }
    let rules = usage.diagnosis().alerts.filter { $0.severity > .info }.map(\.rule)
    #expect(rules == [.duplicateBits, .collapse])
  }

  @Test func anUnevenUseIsNoParity() {
    // Six tokens in ten are black: a code that is frequent has all its parities.
    var random = RandomSource(seed: 10)
    var usage = CodebookUsage(bits: 12)
    for _ in 0..<5000 {
      let isBlack = random.integer(below: 10) < 6
      usage.add(CollectionOfOne(isBlack ? 0 : UInt32(random.integer(below: 4096))), level: 1)
    }
    #expect(!usage.diagnosis().alerts.contains { $0.rule == .parity })
  }

  @Test func aLeakIsWhateverTheIntegersDoNotSay() throws {
    var usage = CodebookUsage(bits: 4)
    let ladder = ResidualLadder(z, bits: 4, scales: [1])
    usage.add(ladder.codes[0], level: 1)
    usage.add(LeakCheck(seen: ladder.sums, fromCodes: ladder.sums))
    #expect(usage.diagnosis().alerts.allSatisfy { $0.rule != .leak })
    usage.add(LeakCheck(seen: z, fromCodes: ladder.sums))
    #expect(try #require(usage.diagnosis().alerts.first).rule == .leak)
    var broken = CodebookUsage(bits: 4)
    broken.add(ladder.codes[0], level: 1)
    broken.add(LeakCheck(seen: [.nan], fromCodes: [1]))
    #expect(broken.diagnosis().alerts.first?.rule == .leak)
  }
}
