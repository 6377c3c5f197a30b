import Glibc
import Tensors

/// Hides parts of what the encoder sees; what is to be reconstructed stays whole (arXiv 2601.16210,
/// §D; patches as masked autoencoders hide them: He and others, 2022).
///
/// Some frames become grey altogether; of every other frame a share of patches, cos(π r / 2) of the
/// plan's largest share with r drawn evenly from 0…1. Frame 0, which has nothing before it to be
/// guessed from, stays.
package struct InputCorruption {
  private let plan: CorruptionPlan

  package init(_ plan: CorruptionPlan) { self.plan = plan }

  /// The same clips [N, T, H, W, C] in −1…1 with parts at 0.
  package func callAsFunction(_ video: Tensor, random: inout RandomSource) -> Tensor {
    let shape = video.shape
    let (height, width, channels) = (shape[2], shape[3], shape[4])
    let rows = (height + plan.patch - 1) / plan.patch
    let columns = (width + plan.patch - 1) / plan.patch
    var result = video
    result.withUnsafeMutableBuffer { pixels in
      for clip in 0..<shape[0] where random.uniform() < plan.clips {
        let hidden = Self.subset(of: shape[1] - 1, share: plan.frames, &random)
        for frame in 1..<max(shape[1], 1) {
          let start = (clip * shape[1] + frame) * height * width * channels
          if hidden[frame - 1] {
            for index in start..<start + height * width * channels { pixels[index] = 0 }
            continue
          }
          let share = plan.share * cos(Double.pi / 2 * random.uniform())
          let patches = Self.subset(of: rows * columns, share: share, &random)
          for patch in patches.indices where patches[patch] {
            let (top, left) = (patch / columns * plan.patch, patch % columns * plan.patch)
            let run = (min(left + plan.patch, width) - left) * channels
            for row in top..<min(top + plan.patch, height) {
              let first = start + (row * width + left) * channels
              for index in first..<first + run { pixels[index] = 0 }
            }
          }
        }
      }
    }
    return result
  }

  /// A share of `count` things, rounded to the nearest number of them, drawn evenly.
  private static func subset(
    of count: Int, share: Double, _ random: inout RandomSource
  ) -> [Bool] {
    var order = Array(0..<count)
    order.shuffle(using: &random)
    var result = [Bool](repeating: false, count: count)
    for index in order.prefix(Int((share * Double(count)).rounded())) { result[index] = true }
    return result
  }
}
