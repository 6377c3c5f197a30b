import Glibc

/// What a sample of codes says about the codebook behind it.
package enum UsageEstimators {
  /// The expected number of different codes among `tokens` uniform draws: K(1 − (1 − 1/K)^N).
  package static func ceiling(codebookSize: Int, tokens: Int) -> Double {
    let size = Double(codebookSize)
    guard codebookSize > 1 else { return tokens > 0 ? 1 : 0 }
    // expm1 and log1p keep the digits that 1 − 1/K loses for a large K.
    return -size * expm1(Double(tokens) * log1p(-1 / size))
  }

  /// The expected plug-in entropy, in bits, of `tokens` uniform draws: what the joint entropy of a
  /// perfect codebook comes to, log2 N − K/N · E[n log2 n] with n of Binomial(N, 1/K).
  package static func entropyCeilingInBits(codebookSize: Int, tokens: Int) -> Double {
    guard codebookSize > 1, tokens > 1 else { return 0 }
    let (count, share) = (Double(tokens), 1 / Double(codebookSize))
    let mean = count * share
    let spread = 12 * (mean.squareRoot() + 3)
    let first = max(2, Int((mean - spread).rounded(.down)))
    let last = min(tokens, Int((mean + spread).rounded(.up)))
    guard first <= last else { return log2(count) }
    var sum = 0.0
    for number in first...last {
      let n = Double(number)
      let chance = exp(
        lgamma(count + 1) - lgamma(n + 1) - lgamma(count - n + 1) + n * log(share)
          + (count - n) * log1p(-share))
      sum += chance * n * log2(n)
    }
    return log2(count) - sum / mean
  }

  /// The entropy in bits of one bit that is 1 with probability `share`.
  package static func binaryEntropy(_ share: Double) -> Double {
    guard share > 0, share < 1 else { return 0 }
    return -share * log2(share) - (1 - share) * log2(1 - share)
  }

  /// The plug-in entropy in bits: −Σ p log2 p over the frequencies seen.
  package static func entropyInBits(_ counts: some Sequence<Int>) -> Double {
    var total = 0.0
    var sum = 0.0
    for count in counts where count > 0 {
      total += Double(count)
      sum += Double(count) * log2(Double(count))
    }
    return total > 0 ? max(0, log2(total) - sum / total) : 0
  }

  /// The plug-in entropy with Miller and Madow's correction of its bias: + (S − 1) / 2N nats.
  package static func millerMadowEntropyInBits(_ counts: [Int]) -> Double {
    let seen = counts.filter { $0 > 0 }
    let total = seen.reduce(0, +)
    guard total > 0 else { return 0 }
    let correction = Double(seen.count - 1) / (2 * Double(total))
    return entropyInBits(seen) + correction / log(2)
  }

  /// Good and Turing's estimate of the probability that the next token is a new code: f1 / N.
  package static func unseenMass(_ counts: [Int]) -> Double {
    let total = counts.reduce(0, +)
    return total > 0 ? Double(counts.count { $0 == 1 }) / Double(total) : 1
  }

  /// Chao's lower bound of the number of codes in use: S + f1² / 2 f2, or its bias-corrected form
  /// S + f1(f1 − 1) / 2(f2 + 1), which also stands in where no code occurs twice.
  package static func chao1(_ counts: [Int], biasCorrected: Bool = false) -> Double {
    let seen = Double(counts.count { $0 > 0 })
    let once = Double(counts.count { $0 == 1 })
    let twice = Double(counts.count { $0 == 2 })
    guard twice > 0, !biasCorrected else { return seen + once * (once - 1) / (2 * (twice + 1)) }
    return seen + once * once / (2 * twice)
  }

  /// The least-squares slope of ln count over ln rank; nil for fewer than two codes.
  package static func zipfSlope(_ counts: [Int]) -> Double? {
    let ranked = counts.filter { $0 > 0 }.sorted(by: >)
    guard ranked.count > 1 else { return nil }
    let points = ranked.enumerated().map { (x: log(Double($0 + 1)), y: log(Double($1))) }
    let size = Double(points.count)
    let meanX = points.reduce(0) { $0 + $1.x } / size
    let meanY = points.reduce(0) { $0 + $1.y } / size
    let covariance = points.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) }
    let variance = points.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
    return covariance / variance
  }
}
