import Layers
import Tensors
import Tokenization

/// A small convolutional network that tells from pixels what a part of a clip shows.
///
/// It knows nothing of tokens: it is trained on true clips. Confined to one thread at a time.
package final class PromptJudge: Layer {
  package let configuration: JudgeConfiguration
  /// Sees the object.
  private let object: JudgeTrunk
  /// Where the object is: four weightings of all places of all frames.
  private let gaze: Linear
  private let look: Linear
  /// What stands where in each frame, and what becomes of it.
  private let narrow: CausalConvolution3D
  private let path: CausalConvolution3D
  private let course: Linear
  /// Sees the background.
  private let ground: JudgeTrunk
  private let surface: Linear
  private let heads: [(aspect: PromptAspect, linear: Linear)]

  private static let gazes = 4
  private static let cells = JudgeView.size / JudgeTrunk.stride
  private static let narrowWidth = 12

  package init(_ configuration: JudgeConfiguration, random: inout RandomSource) {
    self.configuration = configuration
    let width = JudgeTrunk.width
    object = JudgeTrunk(from: &random)
    gaze = Linear(width, Self.gazes, from: &random)
    look = Linear(Self.gazes * width, width, from: &random)
    narrow = CausalConvolution3D(
      width, Self.narrowWidth, kernel: Extent3D(1, 1, 1), from: &random)
    path = CausalConvolution3D(
      JudgeView.frames * Self.narrowWidth, width, kernel: Extent3D(1, 3, 3),
      stride: Extent3D(1, 2, 2), from: &random)
    course = Linear(Self.cells * Self.cells / 4 * width, width, from: &random)
    ground = JudgeTrunk(from: &random)
    surface = Linear(width, width, from: &random)
    heads = PromptAspect.allCases.filter { $0 != .tone }.map { aspect in
      let inputs = aspect == .background ? width : 2 * width
      return (
        aspect, Linear(inputs, configuration.classes(of: aspect).count, from: &random)
      )
    }
  }

  package var parameters: [NamedVariable] {
    object.parameters(under: "object") + gaze.parameters(under: "gaze")
      + look.parameters(under: "look") + narrow.parameters(under: "narrow")
      + path.parameters(under: "path") + course.parameters(under: "course")
      + ground.parameters(under: "ground") + surface.parameters(under: "surface")
      + heads.flatMap { $0.linear.parameters(under: "heads." + $0.aspect.rawValue) }
  }

  /// [N, classes] before the softmax for each aspect that was asked for; views as from
  /// `JudgeView.batch`.
  package func logits(
    _ views: Tensor, of aspects: Set<PromptAspect>
  ) -> [PromptAspect: Variable] {
    var hidden: [Bool: Variable] = [:]
    if aspects.contains(.background) { hidden[true] = self.background(views) }
    if aspects.contains(where: { $0 != .background && $0 != .tone }) {
      hidden[false] = self.thing(views)
    }
    var result: [PromptAspect: Variable] = [:]
    for head in heads where aspects.contains(head.aspect) {
      result[head.aspect] = hidden[head.aspect == .background].map { head.linear($0) }
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

  /// [N, 2 · width]: how the object looks, and what it does.
  private func thing(_ views: Tensor) -> Variable {
    let (count, width) = (views.shape[0], JudgeTrunk.width)
    let places = JudgeView.frames * Self.cells * Self.cells
    let features = object(Variable(views))
    let rows = features.reshaped([count, places, width])
    let boxes = Self.cover(of: views)
    let hidden = Tensor(
      boxes.flatMap { clip in
        (0..<Self.gazes).flatMap { _ in clip.map { $0 > 0 ? Float(0) : -30 } }
      }, shape: [count, Self.gazes, places])
    let weights = (gaze(rows).permuted([0, 2, 1]) + Variable(hidden)).softmax()
    let seen = weights.product(rows).reshaped([count, Self.gazes * width])
    let stacked = narrow(features).permuted([0, 2, 3, 1, 4]).reshaped([
      count, 1, Self.cells, Self.cells, JudgeView.frames * Self.narrowWidth,
    ])
    let way = path(stacked).silu().reshaped([count, Self.cells * Self.cells / 4 * width])
    return look(seen).silu().concatenated(with: [course(way).silu()], along: 1)
  }

  /// [N, width].
  private func background(_ views: Tensor) -> Variable {
    let (count, width) = (views.shape[0], JudgeTrunk.width)
    let chosen = Tensor.concatenated([views.sliced(1, 0..<1), views.sliced(1, 2..<3)], along: 1)
    let places = 2 * Self.cells * Self.cells
    let rows = ground(Variable(chosen)).reshaped([count, places, width])
    let shares = Self.cover(of: chosen).flatMap { clip in
      let sum = max(clip.reduce(0, +), 1e-6)
      return clip.map { $0 / sum }
    }
    let weights = Variable(Tensor(shares, shape: [count, 1, places]))
    return surface(weights.product(rows).reshaped([count, width])).silu()
  }

  /// For each clip and place of the trunk's grid, how much of it the box covers.
  private static func cover(of views: Tensor) -> [[Float]] {
    let masks = views.sliced(4, 3..<4)
    let means = Variable(masks).cellMeans(t: 1, y: JudgeTrunk.stride, x: JudgeTrunk.stride)
    let values = means.value.values
    let places = values.count / views.shape[0]
    return (0..<views.shape[0]).map { Array(values[$0 * places..<($0 + 1) * places]) }
  }
}

/// Five convolutions over each frame alone: [N, T, H, W, 4] → [N, T, H / 8, W / 8, 64].
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
