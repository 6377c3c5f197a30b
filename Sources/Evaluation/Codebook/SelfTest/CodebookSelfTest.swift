import Tensors
import Tokenization

/// Proof of the doctor: what it says of healthy random codebooks, and of ones made to fail.
package enum CodebookSelfTest {
  /// What was said of healthy codebooks of one size.
  package struct HealthyResult: Sendable, Equatable {
    package let bits: Int
    package let tokens: Int
    package internal(set) var codebooks = 0
    /// Codebooks with an alert above info.
    package internal(set) var alarms = 0
  }

  /// How a failure was found.
  package struct FailureResult: Sendable, Equatable {
    package let failure: CodebookFailure
    package internal(set) var trials = 0
    /// Windows from the failure's first to the rise of its alert, 1 for at once; nil if it never rose.
    package internal(set) var windows: [Int?] = []
    /// Alerts above info that rose before the failure, or are not true of it.
    package internal(set) var falseAlarms = 0

    /// The slowest; nil if one was missed.
    package var slowest: Int? {
      windows.contains(nil) ? nil : windows.compactMap(\.self).max()
    }
  }

  package static let bits = [4, 8, 10, 12, 16]
  package static let tokens = [33, 128, 1_280, 5_120]

  /// Uniform random codes of two levels, the coarse one with an eighth of the tokens.
  package static func healthy(
    bits: Int, tokens: Int, seeds: Range<UInt64>
  ) -> HealthyResult {
    var result = HealthyResult(bits: bits, tokens: tokens)
    for seed in seeds {
      var random = RandomSource(seed: seed)
      var usage = CodebookUsage(bits: bits)
      for (level, count) in [(1, tokens), (2, max(1, tokens / 8))] {
        usage.addClip(
          (0..<count).map { _ in UInt32(random.integer(below: 1 << bits)) }, level: level)
      }
      result.codebooks += 1
      if usage.diagnosis(seed: seed).alerts.contains(where: { $0.severity > .info }) {
        result.alarms += 1
      }
    }
    return result
  }

  private static let healthyWindows = 4
  private static let failingWindows = 5

  /// A healthy stream of windows that begins to fail.
  package static func failing(_ failure: CodebookFailure, seeds: Range<UInt64>) -> FailureResult {
    var result = FailureResult(failure: failure)
    for seed in seeds {
      var tokenizer = SyntheticTokenizer(seed: seed)
      var watch = CodebookWatch()
      for window in 0..<healthyWindows + failingWindows {
        let usage = tokenizer.window(failing: window < healthyWindows ? nil : failure)
        watch.add(usage.diagnosis(seed: seed))
      }
      let rises = watch.turns.filter(\.isRise)
      let found = rises.first { $0.rule == failure.rule && $0.window > healthyWindows }
      result.trials += 1
      result.windows.append(found.map { $0.window - healthyWindows })
      result.falseAlarms += rises.count {
        $0.window <= healthyWindows
          || $0.rule != failure.rule && !failure.alsoTrue.contains($0.rule)
      }
    }
    return result
  }
}
