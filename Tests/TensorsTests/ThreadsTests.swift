import Synchronization
import Testing

@testable import Tensors
@testable import TestSupport

/// Those that set the number of threads do it in a process of their own: other suites run beside
/// them, and the cut of their sums depends on it.
struct ThreadsTests {
  @Test func rangesCoverEverythingOnce() {
    for count in [0, 1, 7, 1000] {
      var seen = [Int](repeating: 0, count: count)
      seen.withUnsafeMutableBufferPointer { buffer in
        // Safe to share: ranges are disjoint.
        nonisolated(unsafe) let slots = buffer
        parallelRanges(count) { for index in $0 { slots[index] += 1 } }
      }
      #expect(seen.allSatisfy { $0 == 1 })
    }
  }

  @Test func queuesOfOurOwnDoEverythingOnceAlsoWithinEachOther() {
    for round in 1...50 {
      let counts = (0..<8 * round).map { _ in Counter() }
      HelperQueues.perform(8) { outer in
        HelperQueues.perform(round) { inner in counts[outer * round + inner].add() }
      }
      #expect(counts.allSatisfy { $0.count == 1 })
    }
  }

  @Test func theSameWorkGivesTheSameBits() async {
    await #expect(processExitsWith: .success) {
      Threads.count = 2
      let first = gradients()
      for _ in 0..<3 { #expect(gradients() == first) }
    }
  }

  @Test func oneThreadComesToTheSameResult() async {
    await #expect(processExitsWith: .success) {
      Threads.count = 1
      let alone = gradients()
      Threads.count = 3
      for (one, three) in zip(alone, gradients()) {
        #expect(abs(one - three) <= 1e-3 * max(1, abs(one)))
      }
    }
  }
}

/// The weight, bias and gain gradients of a convolution and a normalisation of some size.
private func gradients() -> [Float] {
  let weight = Variable(Tensor.random([16, 16, 3, 3, 3]), requiresGradient: true)
  let bias = Variable(Tensor.random([16]), requiresGradient: true)
  let gain = Variable(Tensor.random([16]), requiresGradient: true)
  Variable(Tensor.random([2, 4, 24, 24, 16])).rmsNormalized(gain: gain, activation: .silu)
    .convolution3D(
      weight: weight, bias: bias, padding: .causal(kernel: Extent3D(3, 3, 3))
    ).squared().mean().backward()
  return [weight, bias, gain].flatMap { $0.gradient?.values ?? [] }
}

private final class Counter: Sendable {
  private let number = Atomic(0)

  var count: Int { number.load(ordering: .relaxed) }

  func add() { number.add(1, ordering: .relaxed) }
}
