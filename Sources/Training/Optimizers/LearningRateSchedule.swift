import Glibc

/// Warm-up in a straight line, then the full rate, then half a cosine down to a floor (the cosine:
/// Loshchilov and Hutter, 2017).
package struct LearningRateSchedule: Sendable, Equatable {
  package var peak: Double
  package var warmUpSteps: Int
  /// The first step of the decay.
  package var decayStart: Int
  package var steps: Int
  /// The last rate as a share of the peak.
  package var floor: Double

  package init(peak: Double, warmUpSteps: Int, decayStart: Int, steps: Int, floor: Double) {
    self.peak = peak
    self.warmUpSteps = warmUpSteps
    self.decayStart = decayStart
    self.steps = steps
    self.floor = floor
  }

  /// The rate of a step, counted from 0.
  package func rate(at step: Int) -> Double {
    let warm = min(1, Double(step + 1) / Double(max(warmUpSteps, 1)))
    let cosine = 0.5 * (1 + cos(Double.pi * decayed(at: step)))
    return peak * warm * (floor + (1 - floor) * cosine)
  }

  /// How much of the decay has passed: 0 before it, 1 at its end.
  package func decayed(at step: Int) -> Double {
    guard step > decayStart, steps > decayStart else { return 0 }
    return min(1, Double(step - decayStart) / Double(steps - decayStart))
  }
}
