import Layers
import Tensors
import TestSupport
import Testing

@Suite struct LayersTests {
  @Test func parametersHaveDottedNames() {
    var source = RandomSource(seed: 1)
    let block = ResidualBlock(8, from: &source)
    #expect(
      block.parameters(under: "stage").map(\.name) == [
        "stage.norm1.gain", "stage.conv1.weight", "stage.conv1.bias", "stage.norm2.gain",
        "stage.conv2.weight", "stage.conv2.bias",
      ])
    #expect([block].parameters(under: "blocks").first?.name == "blocks.0.norm1.gain")
    let table = Embedding(4, 2, from: &source)
    #expect(table.parameters(under: "text.embedding").map(\.name) == ["text.embedding"])
  }

  @Test func aNewBlockChangesNothing() {
    var source = RandomSource(seed: 1)
    let x = Tensor.random([1, 3, 4, 4, 8])
    expectClose(ResidualBlock(8, from: &source)(Variable(x)).value, x, within: 0)
  }

  @Test func theSameSeedGivesTheSameParameters() {
    func weights(_ seed: UInt64) -> [Float] {
      var source = RandomSource(seed: seed)
      return Linear(8, 8, from: &source).weight.value.values
    }
    #expect(weights(3) == weights(3))
    #expect(weights(3) != weights(4))
    #expect(weights(3).allSatisfy { abs($0) <= 1 / Float(8).squareRoot() })
  }

  @Test(arguments: [
    (Extent3D(1, 3, 3), Extent3D(1, 1, 1)), (Extent3D(3, 1, 1), Extent3D(1, 1, 1)),
    (Extent3D(3, 3, 3), Extent3D(2, 2, 2)), (Extent3D(3, 3, 3), Extent3D(1, 2, 2)),
  ])
  func aStreamGivesWhatTheWholeClipGives(kernel: Extent3D, stride: Extent3D) {
    var source = RandomSource(seed: 5)
    let layer = CausalConvolution3D(4, 6, kernel: kernel, stride: stride, from: &source)
    let clip = Tensor.random([2, 13, 6, 4, 4])
    expectClose(streamed(clip) { layer($0, stream: $1) }, layer(Variable(clip)).value)
  }

  @Test func aStackOfBlocksStreams() {
    var source = RandomSource(seed: 6)
    let first = ResidualBlock(8, from: &source)
    let down = CausalConvolution3D(
      8, 8, kernel: Extent3D(3, 3, 3), stride: Extent3D(2, 2, 2), from: &source)
    let downAgain = CausalConvolution3D(
      8, 8, kernel: Extent3D(3, 3, 3), stride: Extent3D(2, 1, 1), from: &source)
    for parameter in first.conv2.parameters {
      parameter.variable.value = Tensor.random(parameter.variable.shape, seed: 9)
    }
    let network = { (x: Variable, stream: StreamState?) in
      downAgain(down(first(x, stream: stream), stream: stream), stream: stream)
    }
    let clip = Tensor.random([1, 17, 8, 8, 8])
    let whole = network(Variable(clip), nil).value
    #expect(whole.shape == [1, 5, 4, 4, 8])
    expectClose(streamed(clip, network), whole)
  }

  @Test func aCopiedStreamGoesOnByItself() {
    var source = RandomSource(seed: 7)
    let layer = CausalConvolution3D(2, 2, kernel: Extent3D(3, 1, 1), from: &source)
    let stream = StreamState()
    _ = layer(Variable(Tensor.random([1, 1, 2, 2, 2])), stream: stream)
    stream.finishChunk()
    let saved = stream.copy()
    let next = Variable(Tensor.random([1, 4, 2, 2, 2], seed: 2))
    let once = layer(next, stream: stream).value
    expectClose(layer(next, stream: saved).value, once, within: 0)
    #expect(!saved.isAtStart)
  }

  @Test func attentionLayersHaveTheirGradients() {
    var source = RandomSource(seed: 8)
    let layer = Attention(8, contextWidth: 6, heads: 2, from: &source)
    let mask = Tensor([1, 1, 0, 1], shape: [1, 4])
    expectGradient(at: [Tensor.random([1, 5, 8]), Tensor.random([1, 4, 6], seed: 2)]) {
      layer($0[0], context: $0[1], mask: mask)
    }
    let feed = FeedForward(8, hidden: 16, from: &source)
    expectGradient(at: [Tensor.random([3, 8])]) { feed($0[0]) }
  }

  /// The result of feeding `clip` in chunks of 1, 4, 4, … frames, joined.
  private func streamed(
    _ clip: Tensor, _ network: (Variable, StreamState?) -> Variable
  ) -> Tensor {
    let stream = StreamState()
    var parts: [Variable] = []
    var start = 0
    while start < clip.shape[1] {
      let end = start == 0 ? 1 : start + 4
      parts.append(network(Variable(clip.sliced(1, start..<end)), stream))
      stream.finishChunk()
      start = end
    }
    return Variable.concatenated(parts, along: 1).value
  }
}
