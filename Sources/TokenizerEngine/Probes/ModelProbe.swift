import Evaluation
import Tensors
import Tokenization
import Training
import VideoIO

/// Asks a model's weights what they know about fresh clips of the procedural world.
///
/// Confined to one thread at a time.
package final class ModelProbe {
  package let name: String
  package let sha256: String
  let tokenizer: VideoTokenizer
  let text: any TextEncoding

  /// - Parameter model: a folder of weights, or nil for the bundled ones.
  package init(model: String?) throws {
    let tokenizer = try loadTokenizer(model)
    self.tokenizer = tokenizer
    name = tokenizer.configuration.name
    sha256 = tokenizer.sha256
    text = try tokenizer.model.textEncoding(
      vocabulary: tokenizer.vocabulary, folders: tokenizer.textEncoderFolders)
  }

  /// One line about a size that the model cannot take, or nil.
  package func problem(frames: Int, size: Int) -> String? {
    let coarsest = tokenizer.configuration.geometry.coarsest
    guard frames > 0, (frames - 1).isMultiple(of: coarsest[0]) else {
      return "\(frames) frames are not 1 more than a multiple of \(coarsest[0])"
    }
    let side = max(coarsest[1], coarsest[2])
    guard size > 0, size.isMultiple(of: side) else {
      return "the size \(size) is not a multiple of \(side)"
    }
    return nil
  }

  /// Reconstruction, usage and retrieval in numbers that plans can be compared by.
  package func judge(
    _ clips: FreshClips, sets: Int, report: StepReport
  ) throws -> AblationScore {
    let retrieval = try retrieval(clips, sets: sets, report: report)
    let configuration = tokenizer.configuration
    var score = ReconstructionScore()
    var usage = CodebookUsage(bits: configuration.bits)
    try clips.clips(set: 0).inBatches(of: clips.batch) { batch in
      try report(sets * clips.count, sets * clips.count)
      let latents = tokenizer.model.encode(Variable(FreshClips.video(batch)))
      for (index, codes) in latents.codes.enumerated() {
        usage.add(Self.integers(codes), level: index + 1)
      }
      let pictures = tokenizer.model.decode(latents.codes).value
      for (index, clip) in batch.enumerated() {
        Self.add(pictures.sliced(0, index..<index + 1), clip, to: &score)
      }
    }
    let levels = (1...configuration.levelCount).compactMap { usage.histograms[$0] }
    let tokens = levels.reduce(0) { $0 + $1.tokens }
    let pixels = clips.count * clips.frames * clips.size * clips.size
    return AblationScore(
      psnr: score.psnr, ssim: score.ssim ?? .nan,
      bitsPerPixel: Double(tokens * configuration.bits) / Double(pixels),
      usage: levels.map { level in
        Double(level.used)
          / UsageEstimators.ceiling(codebookSize: 1 << configuration.bits, tokens: level.tokens)
      },
      recallAt1: mean(retrieval.map(\.recallAt1)) ?? .nan)
  }

  /// Codes [..., B] as integers.
  static func integers(_ codes: Variable) -> [UInt32] {
    codes.value.withUnsafeBuffer {
      BinaryCode.integers(of: $0, bits: codes.shape[codes.shape.count - 1])
    }
  }

  /// Compares [1, T, H, W, 3], rounded to bytes, with a clip frame by frame.
  static func add(_ picture: Tensor, _ clip: WorldClip, to score: inout ReconstructionScore) {
    let size = clip.width * clip.height * 3
    let times = [Double](repeating: 0, count: clip.frames)
    for (index, frame) in frames(from: picture, times: times).enumerated() {
      let original = Frame(
        width: clip.width, height: clip.height,
        pixels: Array(clip.pixels[index * size..<(index + 1) * size]), time: 0)
      score.add(original: original, reconstruction: frame)
    }
  }
}
