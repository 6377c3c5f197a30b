/// What a trained model is worth on a study's fresh clips, captions hidden from the tokenizer.
package struct AblationScore: Sendable, Equatable, Codable {
  package var psnr: Double
  package var ssim: Double
  package var bitsPerPixel: Double
  /// Codes used of those in reach, level 1 first.
  package var usage: [Double]
  /// Text-to-clip retrieval: the share of captions whose own clip comes first.
  package var recallAt1: Double

  package enum CodingKeys: String, CodingKey {
    case psnr = "psnr_db"
    case ssim
    case bitsPerPixel = "bits_per_pixel"
    case usage
    case recallAt1 = "recall_at_1"
  }

  package init(
    psnr: Double, ssim: Double, bitsPerPixel: Double, usage: [Double], recallAt1: Double
  ) {
    (self.psnr, self.ssim, self.bitsPerPixel) = (psnr, ssim, bitsPerPixel)
    (self.usage, self.recallAt1) = (usage, recallAt1)
  }
}

/// A finished run of a study: a line of its `results.jsonl`.
package struct AblationResult: Sendable, Equatable, Codable {
  package let name: String
  package let seed: UInt64
  package let steps: Int
  package let judgement: AblationStudy.Judgement
  package let score: AblationScore
}

/// A number of a score over the runs of the whole plan, and what taking one thing away changes.
package struct AblationEffect: Sendable, Equatable {
  /// Mean over the seeds of the whole plan.
  package let mean: Double
  /// Largest less smallest of them.
  package let spread: Double

  /// - Parameter values: of the whole plan, one a seed; at least one.
  package init(_ values: [Double]) {
    mean = values.reduce(0, +) / Double(values.count)
    spread = (values.max() ?? 0) - (values.min() ?? 0)
  }

  /// What `value` differs from the mean by; nil if seeds alone differ as much.
  package func difference(_ value: Double) -> Double? {
    abs(value - mean) > spread ? value - mean : nil
  }
}
