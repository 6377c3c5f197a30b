/// The terms of the loss and what each counts for.
package typealias LossWeights = [String: Double]

/// The names of loss terms in plans and metrics; a term without a weight is not computed.
package enum LossTerm: String, CaseIterable, Sendable {
  /// Mean |x − y|.
  case l1
  /// Mean (x − y)².
  case l2
  /// 1 − SSIM.
  case ssim
  /// Distance of the features of a frozen network.
  case perceptual
  /// Mean (z − q)².
  case commitment
  /// Weighted per-sample entropy − joint batch entropy.
  case entropy
  /// KL of each level's bits from those of the finer level, averaged over its cell.
  case hierarchy
  /// Which caption do these tokens belong to, each bit judged by the caption's words?
  case textToken = "text_token"
  /// Which codewords of the batch does a caption stand for?
  case textCode = "text_code"
  /// Contrastive loss between pooled codes and text.
  case alignment
  /// −ln p of each token after the text and the tokens before it.
  case autoregressive
  /// How far the encoder has left a frozen one.
  case drift
  /// −ln p of masked groups of bits: what a prior learns by.
  case masked

  /// Whether it compares the reconstruction with the clip; without such a term nothing is decoded.
  var judgesPicture: Bool {
    switch self {
    case .l1, .l2, .ssim, .perceptual: true
    default: false
    }
  }
}
