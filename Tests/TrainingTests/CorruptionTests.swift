import Tensors
import TestSupport
import Testing

@testable import Training

@Suite struct CorruptionTests {
  private static let video = Tensor(repeating: 0.5, shape: [4, 11, 32, 48, 3])

  private static func corrupted(_ plan: CorruptionPlan, seed: UInt64 = 1) -> Tensor {
    var random = RandomSource(seed: seed)
    return InputCorruption(plan)(video, random: &random)
  }

  /// The share of hidden pixels of each frame: [clip][frame].
  private static func hidden(_ video: Tensor) -> [[Double]] {
    let size = 32 * 48 * 3
    let values = video.values
    return (0..<4).map { clip in
      (0..<11).map { frame in
        let start = (clip * 11 + frame) * size
        return Double(values[start..<start + size].count { $0 == 0 }) / Double(size)
      }
    }
  }

  @Test func threeFramesInTenAreHiddenAndNeverTheFirst() {
    for clip in Self.hidden(Self.corrupted(CorruptionPlan(share: 0))) {
      #expect(clip[0] == 0)
      #expect(clip.count { $0 == 1 } == 3)
      #expect(clip.count { $0 == 0 } == 8)
    }
  }

  @Test func patchesAreHiddenWholeAndByTheCosine() {
    let plan = CorruptionPlan(frames: 0, share: 1)
    var shares: [Double] = []
    for seed in 0..<20 {
      let frames = Self.hidden(Self.corrupted(plan, seed: UInt64(seed)))
      #expect(frames.allSatisfy { $0[0] == 0 })
      shares += frames.flatMap { $0.dropFirst() }
    }
    // Six patches of 16x16 a frame; the mean of cos over a quarter turn is 2 / π.
    #expect(shares.allSatisfy { abs($0 * 6 - ($0 * 6).rounded()) < 1e-9 })
    let mean = shares.reduce(0, +) / Double(shares.count)
    #expect(abs(mean - 2 / Double.pi) < 0.03)
  }

  @Test func oneSeedHidesTheSameParts() {
    let plan = CorruptionPlan()
    #expect(Self.corrupted(plan).values == Self.corrupted(plan).values)
    #expect(Self.corrupted(plan).values != Self.corrupted(plan, seed: 2).values)
    #expect(Self.corrupted(CorruptionPlan(clips: 0)).values == Self.video.values)
  }
}
