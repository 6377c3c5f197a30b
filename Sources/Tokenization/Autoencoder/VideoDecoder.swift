import Layers
import Tensors

/// Codes of all levels to frames: each level joins on the way up, at its own resolution.
package struct VideoDecoder: Layer {
  private let patch: Int
  private let ratios: [[Int]]
  /// From the bits of levels 1…4 into stages 1…4.
  private let codes: [Linear]
  /// Stages 0…4.
  private let stages: [Stage]
  /// Out of stages 1…4, one position to `ratio` positions.
  private let ups: [Linear]
  private let norm: RMSNormalization
  private let exit: CausalConvolution3D

  init(_ configuration: TokenizerConfiguration, from source: inout RandomSource) {
    let widths = configuration.widths
    patch = configuration.patch
    ratios = configuration.ratios
    var codes: [Linear] = []
    var ups: [Linear] = []
    var stages = [
      Stage(width: widths[0], blocks: configuration.decoderBlocks[0], from: &source)
    ]
    for (index, ratio) in configuration.ratios.enumerated() {
      codes.append(Linear(configuration.bits, widths[index + 1], from: &source))
      ups.append(Linear(widths[index + 1], widths[index] * ratio.reduce(1, *), from: &source))
      let blocks = configuration.decoderBlocks[index + 1]
      stages.append(Stage(width: widths[index + 1], blocks: blocks, from: &source))
    }
    (self.codes, self.ups, self.stages) = (codes, ups, stages)
    norm = RMSNormalization(widths[0])
    exit = CausalConvolution3D(
      widths[0], 3 * patch * patch, kernel: Extent3D(1, 3, 3), from: &source)
  }

  /// `levels` are the codes of levels 1…4, each [N, t, h, w, B]; returns frames [N, T, H, W, 3],
  /// not clamped.
  package func callAsFunction(_ levels: [Variable], stream: StreamState? = nil) -> Variable {
    precondition(levels.count == codes.count, "\(levels.count) levels for \(codes.count).")
    let isStart = stream?.isAtStart ?? true
    var x = codes[codes.count - 1](levels[codes.count - 1])
    for stage in stride(from: codes.count, through: 1, by: -1) {
      let ratio = ratios[stage - 1]
      x = stages[stage](x, stream: stream)
      x = ups[stage - 1](x).depthToSpace(
        t: ratio[0], y: ratio[1], x: ratio[2], droppingLeadingFrames: isStart)
      if stage >= 2 { x = x + codes[stage - 2](levels[stage - 2]) }
    }
    x = stages[0](x, stream: stream)
    x = exit(norm(x, activation: .silu), stream: stream)  // [N, T, H/p, W/p, 3p²]
    return x.depthToSpace(t: 1, y: patch, x: patch)
  }

  package var parameters: [NamedVariable] {
    codes.parameters(under: "codes") + stages.parameters(under: "stages")
      + ups.enumerated().flatMap { $1.parameters(under: "stages.\($0 + 1).up") }
      + norm.parameters(under: "norm") + exit.parameters(under: "exit")
  }
}
