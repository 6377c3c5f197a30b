import Tensors
import Tokenization

/// Judges a model on held-out clips of the procedural world, without captions.
struct Validator {
  private let model: PyramidTokenizerModel
  /// [1, T, H, W, 3] each.
  private let clips: [Tensor]

  init(plan: TrainingPlan, model: PyramidTokenizerModel) {
    self.model = model
    let settings = plan.validation
    clips = (0..<settings.clips).map { index in
      let clip = ProceduralWorld.clip(
        seed: ProceduralWorld.seed(plan.seed, stream: .validation, index: index),
        frames: settings.frames, width: settings.size, height: settings.size)
      return Tensor(
        clip.pixels.map { Float($0) / 127.5 - 1 },
        shape: [1, settings.frames, settings.size, settings.size, 3])
    }
  }

  /// - Parameter weights: those of the reconstruction terms count.
  func validate(weights: LossWeights) -> ValidationResult {
    var loss = 0.0
    var psnr = 0.0
    var codes = [Set<UInt32>](repeating: [], count: model.configuration.levelCount)
    var tokens = [Int](repeating: 0, count: codes.count)
    for clip in clips {
      let video = Variable(clip)
      let output = model.forward(video: video)
      let picture = output.reconstruction.detached()
      let terms: [(LossTerm, Variable)] = [
        (.l1, Reconstruction.absoluteError(picture, video)),
        (.l2, Reconstruction.squaredError(picture, video)),
        (.ssim, Reconstruction.dissimilarity(picture, video)),
      ]
      for (term, value) in terms {
        loss += (weights[term.rawValue] ?? 0) * Double(value.value.scalar)
      }
      psnr += Self.psnr(picture.value, clip)
      for (level, z) in output.levels.map(\.z.value).enumerated() {
        tokens[level] += Self.collect(z, into: &codes[level])
      }
    }
    let count = Double(clips.count)
    let bits = model.configuration.bits
    return ValidationResult(
      loss: loss / count, psnr: psnr / count,
      usage: zip(codes, tokens).map { used, tokens in
        Double(used.count) / UsageEstimators.ceiling(codebookSize: 1 << bits, tokens: tokens)
      })
  }

  /// Peak 2, pixels clamped to −1…1, mean over the frames of [1, T, H, W, 3].
  private static func psnr(_ picture: Tensor, _ original: Tensor) -> Double {
    let frames = original.shape[1]
    let size = original.count / frames
    return picture.withUnsafeBuffer { x in
      original.withUnsafeBuffer { y in
        (0..<frames).reduce(0) { total, frame in
          var sum = 0.0
          for index in frame * size..<(frame + 1) * size {
            let difference = Double(min(max(x[index], -1), 1) - y[index])
            sum += difference * difference
          }
          return total + PSNR.decibels(meanSquaredError: max(sum / Double(size), 1e-10), peak: 2)
        } / Double(frames)
      }
    }
  }

  /// Adds the codes of z [..., B] and returns how many there were.
  private static func collect(_ z: Tensor, into codes: inout Set<UInt32>) -> Int {
    let bits = z.shape.last ?? 1
    let values = z.values
    for start in stride(from: 0, to: values.count, by: bits) {
      codes.insert(values[start..<start + bits].reduce(0) { $0 << 1 | ($1 >= 0 ? 1 : 0) })
    }
    return values.count / bits
  }
}
