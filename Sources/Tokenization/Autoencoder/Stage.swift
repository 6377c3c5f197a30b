import Layers
import Tensors

/// The residual blocks that work at one resolution.
struct Stage: Layer {
  private let blocks: [ResidualBlock]

  init(width: Int, blocks count: Int, from source: inout RandomSource) {
    var blocks: [ResidualBlock] = []
    for _ in 0..<count { blocks.append(ResidualBlock(width, from: &source)) }
    self.blocks = blocks
  }

  func callAsFunction(_ x: Variable, stream: StreamState?) -> Variable {
    blocks.reduce(x) { $1($0, stream: stream) }
  }

  var parameters: [NamedVariable] { blocks.parameters(under: "blocks") }
}
