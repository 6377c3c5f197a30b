import Layers
import Tensors

/// Frames to one feature map per pyramid level, tapped on the way down.
///
/// Stage 0 sees squares of pixels; stages 1…4 stand at the strides of levels 1…4.
package struct VideoEncoder: Layer {
  private let patch: Int
  private let entry: CausalConvolution3D
  /// Stages 0…4.
  private let stages: [Stage]
  /// Into stages 1…4.
  private let downs: [CausalConvolution3D]

  init(_ configuration: TokenizerConfiguration, from source: inout RandomSource) {
    let widths = configuration.widths
    patch = configuration.patch
    entry = CausalConvolution3D(
      3 * patch * patch, widths[0], kernel: Extent3D(1, 3, 3), from: &source)
    var stages = [
      Stage(width: widths[0], blocks: configuration.encoderBlocks[0], from: &source)
    ]
    var downs: [CausalConvolution3D] = []
    for (index, ratio) in configuration.ratios.enumerated() {
      let kernel = ratio.map { $0 == 2 ? 3 : 1 }
      downs.append(
        CausalConvolution3D(
          widths[index], widths[index + 1], kernel: Extent3D(kernel), stride: Extent3D(ratio),
          from: &source))
      let blocks = configuration.encoderBlocks[index + 1]
      stages.append(Stage(width: widths[index + 1], blocks: blocks, from: &source))
    }
    self.stages = stages
    self.downs = downs
  }

  /// `video` [N, T, H, W, 3] in −1…1 to features of levels 1…4, each at its level's stride.
  package func callAsFunction(_ video: Variable, stream: StreamState? = nil) -> [Variable] {
    let patches = video.spaceToDepth(y: patch, x: patch)  // [N, T, H/p, W/p, 3p²]
    var x = stages[0](entry(patches, stream: stream), stream: stream)
    return zip(downs, stages.dropFirst()).map { down, stage in
      x = stage(down(x, stream: stream), stream: stream)  // [N, t, h, w, width]
      return x
    }
  }

  package var parameters: [NamedVariable] {
    entry.parameters(under: "entry") + stages.parameters(under: "stages")
      + downs.enumerated().flatMap { $1.parameters(under: "stages.\($0 + 1).down") }
  }
}

extension Extent3D {
  /// From [t, y, x].
  init(_ sides: [Int]) { self.init(sides[0], sides[1], sides[2]) }
}
