import Testing

@testable import Tensors
@testable import TestSupport

@Suite struct VariableTests {
  @Test func aValueUsedTwiceGetsBothGradients() {
    let x = Variable(Tensor(3), requiresGradient: true)
    (x * x + x.scaled(by: 4)).backward()
    #expect(x.gradient?.scalar == 10)
  }

  @Test func gradientsAddUpOverCalls() {
    let x = Variable(Tensor([1, 2], shape: [2]), requiresGradient: true)
    x.sum().backward()
    x.squared().sum().backward()
    #expect(x.gradient?.values == [3, 5])
    x.gradient = nil
    x.sum().backward()
    #expect(x.gradient?.values == [1, 1])
  }

  @Test func aSharedGradientIsNotOverwritten() {
    let x = Variable(Tensor([1, 1], shape: [2]), requiresGradient: true)
    let y = Variable(Tensor([2, 2], shape: [2]), requiresGradient: true)
    // Both get the same gradient tensor first; then x gets more.
    ((x + y).sum() + x.scaled(by: 5).sum()).backward()
    #expect(x.gradient?.values == [6, 6])
    #expect(y.gradient?.values == [1, 1])
  }

  @Test func nothingIsRecordedWithoutNeed() {
    let x = Variable(Tensor([1, 2], shape: [2]))
    let y = (x * x).silu().sum()
    #expect(!y.requiresGradient)
    #expect(Variable(x.value, requiresGradient: true).detached().requiresGradient == false)
  }

  @Test func branchesThatMeetAgainAreVisitedOnce() {
    let x = Variable(Tensor(2), requiresGradient: true)
    var y = x
    for _ in 0..<30 { y = (y + y).scaled(by: 0.5) }
    y.backward()
    #expect(x.gradient?.scalar == 1)
  }

  @Test func backwardFreesTheGraph() {
    let x = Variable(Tensor.random([64]), requiresGradient: true)
    weak var inner: GradientNode?
    let loss: Variable
    do {
      let y = x.squared()
      inner = y.node
      loss = y.sum()
    }
    #expect(inner != nil)
    loss.backward()
    #expect(inner == nil)
  }
}
