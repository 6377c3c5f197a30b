import Foundation
import Testing
import Tokenization

struct UsageEstimatorsTests {
  private let counts = [10, 5, 3, 2, 1, 1, 1]

  @Test func theSampleOfTwentyThreeHasTheKnownEstimates() throws {
    #expect(abs(UsageEstimators.unseenMass(counts) - 0.130435) < 1e-6)
    #expect(UsageEstimators.chao1(counts) == 11.5)
    #expect(UsageEstimators.chao1(counts, biasCorrected: true) == 8.5)
    #expect(abs(UsageEstimators.entropyInBits(counts) * log(2) - 1.580922) < 1e-6)
    #expect(abs(UsageEstimators.millerMadowEntropyInBits(counts) * log(2) - 1.711356) < 1e-6)
    #expect(abs(try #require(UsageEstimators.zipfSlope(counts)) + 1.301809) < 1e-6)
  }

  @Test(arguments: [
    (65_536, 1280, 1.93), (65_536, 5120, 7.52), (65_536, 65_536, 63.2), (4096, 1280, 26.8),
    (1024, 1280, 71.4), (262_144, 65_536, 22.1),
  ])
  func theCeilingIsWhatUniformDrawsWouldReach(codes: Int, tokens: Int, percent: Double) {
    let share = UsageEstimators.ceiling(codebookSize: codes, tokens: tokens) / Double(codes)
    #expect(abs(share * 100 - percent) < 0.051)
  }

  @Test func aCodebookOfOneCodeIsFullAfterOneToken() {
    #expect(UsageEstimators.ceiling(codebookSize: 1, tokens: 5) == 1)
    #expect(UsageEstimators.ceiling(codebookSize: 1, tokens: 0) == 0)
  }
}
