import Tensors
import Tokenization
import VideoIO

/// Judges a model on held-out clips of the procedural world, without captions.
struct Validator {
  private let model: PyramidTokenizerModel
  /// [1, T, H, W, 3] each.
  private let clips: [Tensor]
  /// How many of them are shown.
  private let previews: Int
  /// The codes of each level at the last validation.
  private var former: [[UInt32]]?

  init(plan: TrainingPlan, model: PyramidTokenizerModel) {
    self.model = model
    let settings = plan.validation
    previews = settings.previews
    clips = (0..<settings.clips).map { index in
      let clip = ProceduralWorld.clip(
        seed: ProceduralWorld.seed(plan.seed, stream: .validation, index: index),
        frames: settings.frames, width: settings.size, height: settings.size)
      return Tensor(
        clip.pixels.map { Float($0) / 127.5 - 1 },
        shape: [1, settings.frames, settings.size, settings.size, 3])
    }
  }

  /// The result, and pictures of some clips: frames of the original above those of the
  /// reconstruction.
  ///
  /// - Parameters:
  ///   - weights: those of the reconstruction terms count.
  ///   - meanwhile: called between two clips.
  mutating func validate(weights: LossWeights, meanwhile: () throws -> Void = {}) throws -> (
    result: ValidationResult, views: [(tag: String, value: EventValue)]
  ) {
    var views: [(tag: String, value: EventValue)] = []
    var loss = 0.0
    var psnr = 0.0
    var codes = [[UInt32]](repeating: [], count: model.configuration.levelCount)
    for (index, clip) in clips.enumerated() {
      try meanwhile()
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
      if index < previews {
        views.append(("previews/\(index + 1)", try Self.preview(picture.value, clip)))
      }
      for (level, z) in output.levels.map(\.z.value).enumerated() {
        Self.collect(z, into: &codes[level])
      }
    }
    let count = Double(clips.count)
    let bits = model.configuration.bits
    let result = ValidationResult(
      loss: loss / count, psnr: psnr / count,
      usage: codes.map { codes in
        Double(Set(codes).count)
          / UsageEstimators.ceiling(codebookSize: 1 << bits, tokens: codes.count)
      },
      flips: former.map { former in
        zip(former, codes).map { Self.flips($0, $1, bits: bits) }
      })
    former = codes
    return (result, views)
  }

  /// The codes of the last validation, so that one after a resumption has the same to compare with.
  var memory: [String: StoredTensor] {
    get {
      var memory: [String: StoredTensor] = [:]
      for (level, codes) in (former ?? []).enumerated() {
        memory["validation.codes.\(level + 1)"] = StoredTensor(codes, shape: [codes.count])
      }
      return memory
    }
    set {
      let levels = (1...model.configuration.levelCount).compactMap { level in
        newValue["validation.codes.\(level)"]?.integers?.map { UInt32(truncatingIfNeeded: $0) }
      }
      former = levels.count == model.configuration.levelCount ? levels : nil
    }
  }

  /// Four frames of the original, from first to last, above the same of the reconstruction.
  private static func preview(_ picture: Tensor, _ original: Tensor) throws -> EventValue {
    let (frames, height, width) = (original.shape[1], original.shape[2], original.shape[3])
    let count = min(4, frames)
    let shown = (0..<count).map { count > 1 ? $0 * (frames - 1) / (count - 1) : 0 }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(2 * height * count * width * 3)
    for clip in [original, picture] {
      clip.withUnsafeBuffer { values in
        for row in 0..<height {
          for frame in shown {
            let start = (frame * height + row) * width * 3
            for value in values[start..<start + width * 3] {
              let byte = value.isFinite ? ((value + 1) * 127.5).rounded() : 0
              pixels.append(UInt8(min(max(byte, 0), 255)))
            }
          }
        }
      }
    }
    let strip = Frame(width: count * width, height: 2 * height, pixels: pixels, time: 0)
    return .image(
      width: strip.width, height: strip.height, png: try PNGPicture.encode(strip))
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

  /// The share of bits that differ.
  private static func flips(_ former: [UInt32], _ codes: [UInt32], bits: Int) -> Double {
    let flipped = zip(former, codes).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
    return Double(flipped) / Double(max(1, codes.count * bits))
  }

  /// Adds the codes of z [..., B].
  private static func collect(_ z: Tensor, into codes: inout [UInt32]) {
    let bits = z.shape.last ?? 1
    let values = z.values
    for start in stride(from: 0, to: values.count, by: bits) {
      codes.append(values[start..<start + bits].reduce(0) { $0 << 1 | ($1 >= 0 ? 1 : 0) })
    }
  }
}
