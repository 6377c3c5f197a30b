import Layers
import Tensors
import Tokenization

/// A small convolutional network that tells from pixels what a part of a clip shows.
///
/// It knows nothing of tokens: it is trained on true clips. Confined to one thread at a time.
package final class PromptJudge: Layer {
  package let configuration: JudgeConfiguration
  /// Sees each frame alone.
  private let trunk: JudgeTrunk
  /// How the object looks, from the strongest and the mean of each feature of a frame.
  private let look: Linear
  /// What stands where in each frame, and what becomes of it.
  private let narrow: CausalConvolution3D
  private let path: CausalConvolution3D
  private let course: Linear
  private let heads: [(aspect: PromptAspect, linear: Linear)]

  private static let sharpness: Float = 2
  private static let cells = JudgeView.size / JudgeTrunk.stride
  private static let narrowWidth = 12

  package init(_ configuration: JudgeConfiguration, random: inout RandomSource) {
    self.configuration = configuration
    let width = JudgeTrunk.width
    trunk = JudgeTrunk(from: &random)
    look = Linear(2 * width, width, from: &random)
    narrow = CausalConvolution3D(
      width, Self.narrowWidth, kernel: Extent3D(1, 1, 1), from: &random)
    path = CausalConvolution3D(
      JudgeView.frames * Self.narrowWidth, width, kernel: Extent3D(1, 3, 3),
      stride: Extent3D(1, 2, 2), from: &random)
    course = Linear(Self.cells * Self.cells / 4 * width, width, from: &random)
    heads = PromptAspect.allCases.filter { $0 != .tone }.map { aspect in
      (aspect, Linear(width, configuration.classes(of: aspect).count, from: &random))
    }
  }

  package var parameters: [NamedVariable] {
    trunk.parameters(under: "trunk") + look.parameters(under: "look")
      + narrow.parameters(under: "narrow") + path.parameters(under: "path")
      + course.parameters(under: "course")
      + heads.flatMap { $0.linear.parameters(under: "heads." + $0.aspect.rawValue) }
  }

  /// [N, classes] before the softmax for each aspect that was asked for; views as from
  /// `JudgeView.batch`, of any number of frames but for the motion.
  package func logits(
    _ views: Tensor, of aspects: Set<PromptAspect>
  ) -> [PromptAspect: Variable] {
    let features = trunk(Variable(views))
    let looks = aspects.contains { $0 != .motion } ? looks(features) : nil
    let ways = aspects.contains(.motion) ? ways(features) : nil
    var result: [PromptAspect: Variable] = [:]
    for head in heads where aspects.contains(head.aspect) {
      if head.aspect == .motion {
        result[.motion] = ways.map { head.linear($0) }
      } else {
        // Frames vote.
        result[head.aspect] = looks.map {
          head.linear($0).mean([1]).reshaped([
            views.shape[0], configuration.classes(of: head.aspect).count,
          ])
        }
      }
    }
    return result
  }

  /// The likeliest class of each view.
  package func classes(_ views: [JudgeView], of aspect: PromptAspect) -> [Int] {
    guard !views.isEmpty, let logits = logits(JudgeView.batch(views), of: [aspect])[aspect]
    else { return [] }
    let width = logits.shape[1]
    let values = logits.value.values
    return views.indices.map { row in
      (0..<width).max { values[row * width + $0] < values[row * width + $1] } ?? 0
    }
  }

  /// [N, T, H, W, width] → [N, T, width].
  private func looks(_ features: Variable) -> Variable {
    let (count, frames) = (features.shape[0], features.shape[1])
    let (width, places) = (JudgeTrunk.width, Self.cells * Self.cells)
    let rows = features.reshaped([count * frames, places, width])
    let columns = rows.permuted([0, 2, 1])
    // A soft maximum: a small object counts as much as a large one.
    let strongest = (columns.scaled(by: Self.sharpness).softmax() * columns).sum([2])
    let seen = strongest.reshaped([count, frames, width])
      .concatenated(with: [rows.mean([1]).reshaped([count, frames, width])], along: 2)
    return look(seen).silu()
  }

  /// [N, 5, H, W, width] → [N, width].
  private func ways(_ features: Variable) -> Variable {
    let (count, width) = (features.shape[0], JudgeTrunk.width)
    let stacked = narrow(features).permuted([0, 2, 3, 1, 4]).reshaped([
      count, 1, Self.cells, Self.cells, JudgeView.frames * Self.narrowWidth,
    ])
    let way = path(stacked).silu().reshaped([count, Self.cells * Self.cells / 4 * width])
    return course(way).silu()
  }
}

/// Five convolutions over each frame alone: [N, T, H, W, 8] → [N, T, H / 8, W / 8, 64].
private struct JudgeTrunk: Layer {
  static let stride = 8
  static let width = 64

  private let layers: [CausalConvolution3D]
  private let norms: [RMSNormalization]

  init(from random: inout RandomSource) {
    let widths = [JudgeView.channels, 16, 32, 48, 64, Self.width]
    let strides = [2, 2, 1, 2, 1]
    layers = strides.enumerated().map { index, stride in
      CausalConvolution3D(
        widths[index], widths[index + 1], kernel: Extent3D(1, 3, 3),
        stride: Extent3D(1, stride, stride), from: &random)
    }
    norms = widths.dropFirst().map { RMSNormalization($0) }
  }

  func callAsFunction(_ x: Variable) -> Variable {
    zip(layers, norms).reduce(x) { x, layer in layer.1(layer.0(x), activation: .silu) }
  }

  var parameters: [NamedVariable] {
    layers.parameters(under: "layers") + norms.parameters(under: "norms")
  }
}
