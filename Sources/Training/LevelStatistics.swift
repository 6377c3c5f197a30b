import Glibc
import Tensors
import Tokenization

/// How one level of the pyramid used its codes in one step.
///
/// What older runs did not write is nil.
package struct LevelStatistics: Sendable, Equatable, Codable {
  package var tokens: Int?
  /// Different codes.
  package var used: Int
  /// What even use would show: K (1 − (1 − 1/K)^tokens).
  package var ceiling: Double
  /// 2 to the power of the joint entropy of the codes.
  package var perplexity: Double?
  /// Entropy of each bit, in bits.
  package var bitEntropy: [Double]
  /// P(1) of each bit.
  package var ones: [Double]?
  /// The share of z that the entropy loss still moves: where p (1 − p) is above 1 % of its peak.
  package var inReach: Double
  /// Root mean square of z − q.
  package var residualRMS: Double
  /// The norm of the gradient that reaches z from the codes, and so from the picture.
  package var codeGradient: Double?
  /// The norm of the gradient that the weighted entropy term sends into z; nil where it has none.
  package var entropyGradient: Double?
  /// The medians of the sizes of both gradients' elements: a few huge ones do not show here.
  package var codeGradientMedian: Double?
  package var entropyGradientMedian: Double?

  enum CodingKeys: String, CodingKey {
    case tokens
    case used
    case ceiling
    case perplexity
    case bitEntropy = "bit_entropy"
    case ones
    case inReach = "in_reach"
    case residualRMS = "residual_rms"
    case codeGradient = "code_gradient"
    case entropyGradient = "entropy_gradient"
    case codeGradientMedian = "code_gradient_median"
    case entropyGradientMedian = "entropy_gradient_median"
  }

  init(z: Tensor, slope: Double) { self.init([z], slope: slope) }

  /// - Parameter parts: [..., B] each, before the sign; counted together.
  init(_ parts: [Tensor], slope: Double) {
    let bits = parts.first?.shape.last ?? 1
    var count = Counts(bits: bits, reach: Float(Self.reach / slope))
    for part in parts { count.add(part) }
    let tokens = count.tokens
    let values = Double(max(tokens * bits, 1))
    self.tokens = tokens
    used = count.codes.count
    ceiling = UsageEstimators.ceiling(codebookSize: 1 << bits, tokens: tokens)
    perplexity = count.perplexity
    let shares = count.ones.map { Double($0) / Double(max(tokens, 1)) }
    ones = shares
    bitEntropy = shares.map(UsageEstimators.binaryEntropy)
    inReach = Double(count.near) / values
    residualRMS = (count.residual / values).squareRoot()
  }

  /// p (1 − p) falls to 1 % of its peak at slope · |z| = 5.986.
  private static let reach = 5.986

  private struct Counts {
    let bits: Int
    let reach: Float
    var tokens = 0
    var codes: [UInt32: Int] = [:]
    var ones: [Int]
    var near = 0
    var residual = 0.0

    init(bits: Int, reach: Float) {
      self.bits = bits
      self.reach = reach
      ones = [Int](repeating: 0, count: bits)
    }

    mutating func add(_ part: Tensor) {
      part.withUnsafeBuffer { z in
        for token in 0..<z.count / bits {
          var code: UInt32 = 0
          for bit in 0..<bits {
            let value = z[token * bits + bit]
            code = code << 1 | (value >= 0 ? 1 : 0)
            if value >= 0 { ones[bit] += 1 }
            if abs(value) < reach { near += 1 }
            let rest = Double(abs(value)) - 1
            residual += rest * rest
          }
          codes[code, default: 0] += 1
          tokens += 1
        }
      }
    }

    /// Summed in the order of the counts: a dictionary's own order differs from run to run.
    var perplexity: Double { exp2(UsageEstimators.entropyInBits(codes.values.sorted())) }
  }
}
