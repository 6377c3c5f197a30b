import Tensors
import Tokenization

/// Ways in which tokenizers fail, each with the alert that must name it.
package enum CodebookFailure: String, Sendable, CaseIterable {
  case deadBits = "dead bits"
  case duplicatedBits = "duplicated bits"
  case parity = "parity dependence"
  case coarseCollapse = "coarse-level collapse"
  case clipCode = "one code per clip"
  case saturated = "saturated latents"
  case leak = "leaking residual"
  case scale = "growing residual"

  package var rule: Alert.Rule {
    switch self {
    case .deadBits: .deadBit
    case .duplicatedBits: .duplicateBits
    case .parity: .parity
    case .coarseCollapse: .coarse
    case .clipCode: .clipCode
    case .saturated: .saturated
    case .leak: .leak
    case .scale: .scale
    }
  }

  /// What such a failure is besides, and may be called too.
  var alsoTrue: Set<Alert.Rule> {
    switch self {
    // What is left of the codes has two bits that differ.
    case .coarseCollapse: [.collapse, .duplicateBits, .correlation]
    // So few codes within a window that bits repeat each other by chance.
    case .clipCode: [.collapse, .duplicateBits, .deadBit, .coarse, .correlation, .parity]
    default: []
    }
  }
}

/// A tokenizer of random latents that is healthy until told to fail.
struct SyntheticTokenizer {
  static let bits = 12
  /// k of the entropy term's σ(k z).
  static let slope = 4.0
  private static let clips = 16
  /// Tokens of a clip, level 1 first.
  private static let sizes = [256, 64, 16, 8]

  private var random: RandomSource

  init(seed: UInt64) { random = RandomSource(seed: seed) }

  /// One evaluation of all clips.
  mutating func window(failing failure: CodebookFailure?) -> CodebookUsage {
    var usage = CodebookUsage(bits: Self.bits)
    for (index, size) in Self.sizes.enumerated() {
      for _ in 0..<Self.clips {
        let z = latents(tokens: size, level: index + 1, failure)
        quantize(z, level: index + 1, failure, into: &usage)
      }
    }
    return usage
  }

  /// Two residual stages; the codes of the first are the level's.
  private func quantize(
    _ z: [Double], level: Int, _ failure: CodebookFailure?, into usage: inout CodebookUsage
  ) {
    let scales = [1, failure == .scale && level == 2 ? 1.6 : 0.5]
    let ladder = ResidualLadder(z, bits: Self.bits, scales: scales)
    usage.addClip(ladder.codes[0], level: level)
    var statistics = LatentStatistics(slope: Self.slope)
    statistics.add(z)
    statistics.add(stages: ladder.stages)
    usage.add(statistics, level: level)
    let seen = failure == .leak ? z : ladder.sums
    usage.add(LeakCheck(seen: seen, fromCodes: ladder.sums))
  }

  private mutating func latents(tokens: Int, level: Int, _ failure: CodebookFailure?) -> [Double] {
    let (bits, clip) = (Self.bits, row())
    var z: [Double] = []
    for _ in 0..<tokens {
      var row = failure == .clipCode ? clip : row()
      switch failure {
      case .deadBits where level == 2: (row[3], row[7]) = (abs(row[3]), -abs(row[7]))
      case .duplicatedBits where level == 1: row[5] = row[2]
      case .parity where level == 3: row[9] = row[0] * row[4] * row[6] < 0 ? 1 : -1
      case .coarseCollapse where level == 4:
        for bit in 2..<bits { row[bit] = bit.isMultiple(of: 2) ? row[0] : row[1] }
      case .saturated: row = row.map { ($0 < 0 ? -1 : 1) * (1.6 + 0.1 * abs($0)) }
      default: break
      }
      z += row
    }
    return z
  }

  private mutating func row() -> [Double] { (0..<Self.bits).map { _ in random.normal() } }
}
