import CKernels

/// What this machine can do at most in 32-bit numbers, measured here and now.
package struct MachinePeak: Sendable, Equatable {
  /// Fused multiply-adds in registers on all threads, in 10⁹ operations a second.
  package let fusedGigaflops: Double
  /// A product of large matrices on all threads.
  package let productGigaflops: Double

  /// The larger of the two: what shares of the peak refer to.
  package var gigaflops: Double { max(fusedGigaflops, productGigaflops) }

  /// Takes about a fifth of a second; the best of several runs, as other work only slows them.
  package static func measure() -> MachinePeak {
    let rounds = 1 << 20
    let threads = Threads.count
    let fused = best(of: 5) {
      parallelFor(threads) { _ in
        // The sum keeps the compiler from dropping the loop.
        if pt_fma_loop(rounds).isNaN { preconditionFailure("The sum of finite numbers is NaN.") }
      }
    }
    let size = 768
    let (a, b) = (
      Tensor(repeating: 1, shape: [size, size]), Tensor(repeating: 2, shape: [size, size])
    )
    let product = best(of: 8) { _ = a.product(b, false, false) }
    return MachinePeak(
      fusedGigaflops: Double(160 * rounds * threads) / fused / 1e9,
      productGigaflops: 2 * Double(size * size * size) / product / 1e9)
  }

  private static func best(of runs: Int, _ body: () -> Void) -> Double {
    (0..<runs).map { _ in Stopwatch.seconds(body) }.min() ?? .infinity
  }
}

/// Wall time of a piece of work.
package enum Stopwatch {
  /// Seconds that `body` takes.
  package static func seconds(_ body: () -> Void) -> Double {
    let elapsed = ContinuousClock().measure(body).components
    return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
  }
}
