import Tensors
import TestSupport
import Testing

@Suite struct PoolingTests {
  @Test func theLargestOfEachWindowIsTaken() {
    let x = Variable(Tensor((0..<20).map { Float($0 * 7 % 20) }, shape: [1, 1, 4, 5, 1]))
    // 0 7 14 1 8 / 15 2 9 16 3 / 10 17 4 11 18 / 5 12 19 6 13: windows of 3, the lower ones cut.
    let pooled = x.maxPooled()
    #expect(pooled.shape == [1, 1, 2, 2, 1])
    #expect(pooled.value.values == [17, 18, 19, 19])
  }

  @Test(arguments: [(1, 1), (2, 1), (3, 1), (4, 2), (5, 2), (29, 14), (14, 7)])
  func windowsReachOverTheEdge(size: Int, pooled: Int) {
    let x = Variable(Tensor(zeros: [1, 2, size, size, 3]))
    #expect(x.maxPooled().shape == [1, 2, pooled, pooled, 3])
  }

  @Test func poolingsHaveTheirGradients() {
    expectGradient(at: [Tensor.random([2, 2, 6, 7, 5])], step: 1e-3) { $0[0].maxPooled() }
    expectGradient(at: [Tensor.random([2, 5, 4, 6, 3])]) { $0[0].cellMeans(t: 2, y: 2, x: 3) }
  }

  @Test func frameZeroIsACellOfItsOwn() {
    let x = Variable(Tensor([1, 2, 4, 10, 20], shape: [1, 5, 1, 1, 1]))
    #expect(x.cellMeans(t: 2, y: 1, x: 1).value.values == [1, 3, 15])
    #expect(x.cellMeans(t: 4, y: 1, x: 1).value.values == [1, 9])
    let picture = Variable(Tensor([1, 2, 3, 4, 5, 6, 7, 8], shape: [1, 1, 2, 4, 1]))
    #expect(picture.cellMeans(t: 1, y: 2, x: 2).value.values == [3.5, 5.5])
  }
}
