import Tensors
import Tokenization

/// How one level of the pyramid used its codes in one batch.
package struct LevelStatistics: Sendable, Equatable, Codable {
  /// Different codes.
  package var used: Int
  /// What even use would show: K (1 − (1 − 1/K)^tokens).
  package var ceiling: Double
  /// Entropy of each bit, in bits.
  package var bitEntropy: [Double]
  /// The share of z that the entropy loss still moves: where p (1 − p) is above 1 % of its peak.
  package var inReach: Double
  /// Root mean square of z − q.
  package var residualRMS: Double

  enum CodingKeys: String, CodingKey {
    case used
    case ceiling
    case bitEntropy = "bit_entropy"
    case inReach = "in_reach"
    case residualRMS = "residual_rms"
  }

  /// - Parameter z: [..., B], before the sign.
  init(z: Tensor, slope: Double) {
    let bits = z.shape.last ?? 1
    let tokens = z.count / bits
    // p (1 − p) falls to 1 % of its peak at slope · |z| = 5.986.
    let reach = Float(5.986 / slope)
    var codes: Set<UInt32> = []
    var ones = [Int](repeating: 0, count: bits)
    var near = 0
    var residual = 0.0
    z.withUnsafeBuffer { z in
      for token in 0..<tokens {
        var code: UInt32 = 0
        for bit in 0..<bits {
          let value = z[token * bits + bit]
          code = code << 1 | (value >= 0 ? 1 : 0)
          if value >= 0 { ones[bit] += 1 }
          if abs(value) < reach { near += 1 }
          let rest = Double(abs(value)) - 1
          residual += rest * rest
        }
        codes.insert(code)
      }
    }
    used = codes.count
    ceiling = UsageEstimators.ceiling(codebookSize: 1 << bits, tokens: tokens)
    bitEntropy = ones.map { UsageEstimators.binaryEntropy(Double($0) / Double(max(tokens, 1))) }
    inReach = Double(near) / Double(max(z.count, 1))
    residualRMS = (residual / Double(max(z.count, 1))).squareRoot()
  }
}
