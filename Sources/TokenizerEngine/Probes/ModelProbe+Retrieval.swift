import Evaluation
import Tensors
import Training

extension ModelProbe {
  /// Text-to-clip retrieval over each of some sets of fresh clips.
  ///
  /// The tokenizer sees no captions; a caption and a clip are as near as the cosine of what the model's
  /// alignment head makes of the caption's words and of the clip's codes, pooled over each level.
  ///
  /// - Parameter wording: what is asked in place of a clip's caption.
  package func retrieval(
    _ clips: FreshClips, sets: Int, wording: (String) -> String = { $0 }, report: StepReport
  ) throws -> [RetrievalScore] {
    try (0..<sets).map { set in
      var codes: [[Float]] = []
      var captions: [[Float]] = []
      try clips.clips(set: set).inBatches(of: clips.batch) { batch in
        try report(set * clips.count + codes.count, sets * clips.count)
        let pair = tokenizer.model.alignment(
          tokenizer.model.encode(Variable(FreshClips.video(batch))),
          text: text(batch.map { wording($0.caption) }))
        codes += Self.rows(pair.codes.value)
        captions += Self.rows(pair.text.value)
      }
      return RetrievalScore(
        captions.map { caption in codes.map { Self.product(caption, $0) } })
    }
  }

  /// [N, D] as N lists.
  static func rows(_ matrix: Tensor) -> [[Float]] {
    let width = matrix.shape[1]
    let values = matrix.values
    return (0..<matrix.shape[0]).map { Array(values[$0 * width..<($0 + 1) * width]) }
  }

  static func product(_ a: [Float], _ b: [Float]) -> Float {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
