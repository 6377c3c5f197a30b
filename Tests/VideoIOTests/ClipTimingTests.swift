import Testing

@testable import VideoIO

struct ClipTimingTests {
  private func timing(
    _ ticks: [Int64?], secondsPerTick: Double, claims: [Rational] = []
  ) -> ClipTiming {
    let index = FrameIndex(
      entries: ticks.map { .init(timestamp: $0, digest: nil) }, entryPoints: [],
      isDecoded: true, lastDuration: 0)
    return ClipTiming(index: index, secondsPerTick: secondsPerTick, claimedRates: claims)
  }

  @Test func millisecondsHideASteadyRate() {
    let ticks = (0..<100).map { Int64((Double($0) * 1001 / 30).rounded()) }
    let found = timing(ticks, secondsPerTick: 0.001, claims: [Rational(1000)])
    #expect(found.frameRate == Rational(30_000, 1001) && !found.isVariableRate)
  }

  @Test func aMissingFrameMakesTheRateVariable() {
    let found = timing([0, 1, 2, 4, 5, 6], secondsPerTick: 0.04, claims: [Rational(25)])
    #expect(found.isVariableRate && found.times[3] == 0.16)
  }

  @Test func timesThatJumpBackGoOnInstead() {
    let found = timing([90, 91, 92, 3, 4], secondsPerTick: 0.04, claims: [Rational(25)])
    #expect(zip(found.times, found.times.dropFirst()).allSatisfy { $0 < $1 })
    #expect(abs(found.times[4] - 0.16) < 1e-9)
  }

  @Test func framesWithoutTimesAreEvenlySpaced() {
    let found = timing([nil, nil, nil], secondsPerTick: 1, claims: [Rational(50)])
    #expect(found.times == [0, 0.02, 0.04] && found.frameRate == Rational(50))
  }
}
