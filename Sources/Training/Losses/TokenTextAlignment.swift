import Glibc
import Layers
import Tensors
import Tokenization

/// Asks which caption of the batch a clip's tokens belong to.
///
/// The fourth codebook term of arXiv 2601.16210, Eq. 2, in contrastive form.
/// The paper's E_i KL(q_i ‖ sg(e_t)) has one target for all tokens and would make them equal. Here
/// each word w of a caption is a target r_w = σ(W e_w) for the bits, and a token fits a caption as
/// well as its best words do: s_i = ln mean_w exp(Σ_c p_ic ln r_wc + (1 − p_ic) ln(1 − r_wc)), which
/// is −KL(p_i ‖ r_w) up to the token's own entropy. Clips and captions of a batch then have to find
/// each other by the mean of s over tokens (late interaction: Yao and others, 2022). One map W per
/// level; the text gets no gradient.
package struct TokenTextAlignment: Layer {
  package static let temperature: Float = 0.25
  /// From a word's embedding to the logits of a level's bits.
  private let targets: [Linear]

  package init(
    textWidth: Int, bits: Int, levels: Int, from source: inout RandomSource
  ) {
    var targets: [Linear] = []
    for _ in 0..<levels { targets.append(Linear(textWidth, bits, from: &source)) }
    self.targets = targets
  }

  /// Mean over levels, of z [N, t, h, w, B] each.
  package func callAsFunction(_ z: [Variable], text: TextContext, slope: Float) -> Variable {
    let words = text.embedding.detached()
    var total = Variable(Tensor(0))
    for (z, target) in zip(z, targets) {
      let scores = Self.fit(
        of: bitPosterior(z, slope: slope), to: target(words), mask: text.mask)
      total = total + matchingLoss(scores.scaled(by: 1 / Self.temperature))
    }
    return total.scaled(by: 1 / Float(targets.count))
  }

  /// The mean of s over each clip's tokens for each caption: [clips, captions].
  private static func fit(of p: Variable, to logits: Variable, mask: Tensor) -> Variable {
    let (clips, bits) = (p.shape[0], p.shape[4])
    let (captions, length) = (mask.shape[0], mask.shape[1])
    let tokens = p.value.count / (clips * bits)
    // p ln r + (1 − p) ln(1 − r) = p · logit + ln(1 − r).
    let flat = logits.reshaped([captions * length, bits])
    let rest = flat.sigmoid().clamped(to: 0...1 - 1e-6)
    let base = (-rest).plus(1).logarithm().sum([1])
    let products = p.reshaped([clips * tokens, bits]).product(flat, transposingOther: true)
    // Padding is no word; the mean over words is a sum with the logarithm of their number off.
    let isWord = mask.values.map { $0 > 0 }
    var offsets = [Float](repeating: -1e4, count: captions * length)
    for caption in 0..<captions {
      let row = caption * length..<(caption + 1) * length
      let count = row.count { isWord[$0] }
      for index in row where isWord[index] || count == 0 {
        offsets[index] = -logf(Float(max(count, 1)))
      }
    }
    let scores = products.adding(bias: base + Variable(Tensor(offsets, shape: base.shape)))
      .reshaped([clips * tokens, captions, length]).logSumExp()
    return scores.reshaped([clips, tokens, captions]).mean([1])
  }

  package var parameters: [NamedVariable] { targets.parameters(under: "levels") }
}
