import Tensors

/// The two entropies, in nats, of codes whose bits are +1 with probability p = σ(slope · z).
///
/// - perSample: mean over codes of Σ over bits of H(p). Low: every code is decided.
/// - batch: Σ over groups of bits of H(mean over codes of the group's joint distribution). High: all
///   codes are in use. Joint, because the sum of single bits cannot see that two bits are copies
///   (lookup-free quantization: Yu and others, 2024; groups: Zhao and others, 2024).
package struct JointEntropy {
  package let perSample: Variable
  package let batch: Variable

  /// - Parameters:
  ///   - z: [..., B], before the sign.
  ///   - order: the bits in the order in which they are cut into groups.
  ///   - groupSize: bits a group; 8 have 256 joint states.
  package init(_ z: Variable, slope: Float, order: [Int], groupSize: Int = 8) {
    let bits = z.shape.last ?? 0
    precondition(
      order.sorted() == Array(0..<bits), "The order \(order) is not one of the bits of \(z.shape).")
    let rows = z.value.count / bits
    let logarithms = Self.logarithms(z.reshaped([rows, bits, 1]).scaled(by: slope))
    perSample = (logarithms.exponential() * logarithms).sum().scaled(by: -1 / Float(rows))
    var total = Variable(Tensor(0))
    for start in stride(from: 0, to: bits, by: groupSize) {
      let group = Array(order[start..<min(start + groupSize, bits)])
      total = total + Self.entropy(of: group, logarithms, bits: bits, rows: rows)
    }
    batch = total
  }

  /// `sampleWeight` · per sample − batch: what training makes small.
  package func loss(sampleWeight: Float) -> Variable {
    perSample.scaled(by: sampleWeight) - batch
  }

  /// ln p and ln(1 − p) of each bit: [rows, B, 1] → [rows, 2B].
  private static func logarithms(_ logits: Variable) -> Variable {
    let zeros = Variable(Tensor(zeros: logits.shape))
    let pairs = Variable.concatenated([logits, zeros], along: 2).logSoftmax()
    return pairs.reshaped([logits.shape[0], 2 * logits.shape[1]])
  }

  /// H of the mean joint distribution of a few bits.
  ///
  /// The joint probability of a code factorises, so the mean over codes of a group of 8 is a product
  /// of two [rows, 16] matrices.
  private static func entropy(
    of group: [Int], _ logarithms: Variable, bits: Int, rows: Int
  ) -> Variable {
    let half = group.count / 2
    let left = joint(Array(group[..<half]), logarithms, bits: bits)
    let right = joint(Array(group[half...]), logarithms, bits: bits)
    let mean = left.product(right, transposingSelf: true).scaled(by: 1 / Float(rows))
    // The floor keeps 0 · ln 0 at 0.
    return (mean * mean.clamped(to: 1e-9...1).logarithm()).sum().scaled(by: -1)
  }

  /// The probabilities of all states of some bits: [rows, 2ⁿ].
  private static func joint(_ group: [Int], _ logarithms: Variable, bits: Int) -> Variable {
    let states = 1 << group.count
    var chosen = Tensor(zeros: [states, 2 * bits])
    for state in 0..<states {
      for (place, bit) in group.enumerated() {
        chosen[state, 2 * bit + ((state >> place) & 1)] = 1
      }
    }
    return logarithms.linear(weight: Variable(chosen)).exponential()
  }
}
