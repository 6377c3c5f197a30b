import Foundation
import Layers
import Tensors
import TestSupport
import Testing

/// One network of all kinds of layers against numbers from PyTorch (Fixtures/make_small_network.py).
@Suite struct SmallNetworkTests {
  private struct Fixture: Decodable {
    struct Array: Decodable {
      let shape: [Int]
      let values: [Float]
      let gradient: [Float]
    }

    let loss: Float
    let output: [Float]
    let arrays: [String: Array]
  }

  @Test func outputAndGradientsEqualThoseOfPyTorch() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/small-network.json")
    let fixture = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file))
    let variables = fixture.arrays.mapValues {
      Variable(Tensor($0.values, shape: $0.shape), requiresGradient: true)
    }
    func variable(_ name: String) throws -> Variable { try #require(variables[name]) }
    func linear(_ name: String) throws -> Linear {
      Linear(weight: try variable(name + ".weight"), bias: variables[name + ".bias"])
    }
    func convolution(
      _ name: String, stride: Extent3D = Extent3D(1, 1, 1)
    ) throws -> CausalConvolution3D {
      CausalConvolution3D(
        weight: try variable(name + ".weight"), bias: try variable(name + ".bias"), stride: stride)
    }

    let block = ResidualBlock(
      norm1: RMSNormalization(gain: try variable("block.norm1.gain")),
      conv1: try convolution("block.conv1"),
      norm2: RMSNormalization(gain: try variable("block.norm2.gain")),
      conv2: try convolution("block.conv2"))
    let down = try convolution("down", stride: Extent3D(2, 2, 2))
    let attention = Attention(
      query: try linear("attention.query"), key: try linear("attention.key"),
      value: try linear("attention.value"), out: try linear("attention.out"), heads: 2)
    let feed = FeedForward(up: try linear("feed.up"), down: try linear("feed.down"))
    let mask = Tensor([1, 1, 0, 1, 0, 1, 1, 1, 1, 1], shape: [2, 5])

    let grid = down(block(try variable("x")))
    let tokens = grid.reshaped([2, grid.shape[1...3].reduce(1, *), 8])
    let output = feed(
      tokens + attention(tokens, context: try variable("context"), mask: mask))
    let loss = output.squared().mean()
    loss.backward()

    #expect(abs(loss.value.scalar - fixture.loss) < 1e-6)
    expectClose(output.value, Tensor(fixture.output, shape: output.shape), within: 1e-5)
    for (name, array) in fixture.arrays {
      let gradient = try #require(variables[name]?.gradient, "\(name)")
      let expected = Tensor(array.gradient, shape: array.shape)
      #expect(gradient.largestDifference(from: expected) < 1e-6, "\(name)")
    }
  }
}
