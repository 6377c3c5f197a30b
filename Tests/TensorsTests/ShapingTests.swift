import Testing

@testable import Tensors
@testable import TestSupport

/// Operations that move numbers without changing them.
@Suite struct ShapingTests {
  private let x = Tensor((0..<24).map(Float.init), shape: [2, 3, 4])

  @Test(arguments: [[0, 1, 2], [1, 0, 2], [2, 1, 0], [0, 2, 1], [1, 2, 0]])
  func permutingMovesEveryElement(axes: [Int]) {
    let moved = x.permuted(axes)
    for i in 0..<2 {
      for j in 0..<3 {
        for k in 0..<4 {
          let index = axes.map { [i, j, k][$0] }
          #expect(moved[index[0], index[1], index[2]] == x[i, j, k])
        }
      }
    }
    expectGradient(at: [Tensor.random([2, 3, 4])]) { $0[0].permuted(axes) }
  }

  @Test(arguments: 0..<3)
  func slicesJoinToTheWhole(axis: Int) {
    let size = x.shape[axis]
    let parts = [0..<1, 1..<size].map { Variable(x).sliced(axis, $0) }
    expectClose(Variable.concatenated(parts, along: axis).value, x, within: 0)
    expectGradient(at: [Tensor.random(x.shape)]) { $0[0].sliced(axis, 1..<size) }
    expectGradient(at: [Tensor.random(x.shape), Tensor.random(x.shape, seed: 2)]) {
      $0[0].concatenated(with: [$0[1]], along: axis)
    }
  }

  @Test func gatheringTakesRowsAndAddsTheirGradients() {
    let table = Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2])
    #expect(Variable(table).gatheredRows([2, 0, 2]).value.values == [5, 6, 1, 2, 5, 6])
    expectGradient(at: [table]) { $0[0].gatheredRows([2, 0, 2]) }
  }

  @Test func blocksOfPixelsBecomeChannels() {
    // One frame of 2 x 4 pixels with one channel.
    let picture = Tensor((0..<8).map(Float.init), shape: [1, 1, 2, 4, 1])
    let packed = Variable(picture).spaceToDepth(y: 2, x: 2).value
    #expect(packed.shape == [1, 1, 1, 2, 4])
    #expect(packed.values == [0, 1, 4, 5, 2, 3, 6, 7])
    expectClose(Variable(packed).depthToSpace(t: 1, y: 2, x: 2).value, picture, within: 0)
    expectGradient(at: [Tensor.random([2, 1, 4, 6, 3])]) { $0[0].spaceToDepth(y: 2, x: 3) }
  }

  @Test(arguments: [false, true])
  func channelsBecomeFrames(dropping: Bool) {
    let grid = Tensor((0..<16).map(Float.init), shape: [1, 2, 1, 1, 8])
    let frames = Variable(grid).depthToSpace(
      t: 4, y: 1, x: 1, droppingLeadingFrames: dropping
    ).value
    #expect(frames.shape == [1, dropping ? 5 : 8, 1, 1, 2])
    #expect(frames.values == (dropping ? 6..<16 : 0..<16).map(Float.init))
    expectGradient(at: [Tensor.random([2, 2, 2, 3, 24])]) {
      $0[0].depthToSpace(t: 2, y: 2, x: 3, droppingLeadingFrames: dropping)
    }
  }

  @Test func blurringKeepsAConstantAndHasItsGradient() {
    let flat = Variable(Tensor(repeating: 0.7, shape: [1, 1, 16, 20, 2])).gaussianBlurred().value
    #expect(flat.shape == [1, 1, 6, 10, 2])
    expectClose(flat, Tensor(repeating: 0.7, shape: flat.shape), within: 1e-6)
    expectGradient(at: [Tensor.random([1, 2, 12, 32, 3])]) { $0[0].gaussianBlurred() }
  }

  @Test func theBlurOfADotIsTheWindow() {
    var dot = Tensor(zeros: [1, 1, 21, 21, 1])
    dot[0, 0, 10, 10, 0] = 1
    let blurred = Variable(dot).gaussianBlurred().value
    // SciPy: the middle of the window of σ = 1.5 is 0.2660117.
    #expect(abs(blurred[0, 0, 5, 5, 0] - 0.2660117 * 0.2660117) < 1e-6)
    #expect(abs(Variable(blurred).sum().value.scalar - 1) < 1e-5)
  }
}
