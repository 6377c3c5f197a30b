import Testing

@testable import Tensors
@testable import TestSupport

@Suite struct TensorTests {
  @Test func elementsAreInRowMajorOrder() {
    let tensor = Tensor([0, 1, 2, 3, 4, 5], shape: [2, 3])
    #expect(tensor[1, 0] == 3)
    #expect(tensor.values == [0, 1, 2, 3, 4, 5])
  }

  @Test func writingToACopyLeavesTheOriginal() {
    let original = Tensor([1, 2, 3], shape: [3])
    var copy = original
    copy[0] = 9
    #expect(original.values == [1, 2, 3])
    #expect(copy.values == [9, 2, 3])
  }

  @Test func reshapingSharesTheMemory() {
    let tensor = Tensor(zeros: [4, 6])
    let other = tensor.reshaped([24])
    #expect(tensor.storage === other.storage)
    #expect(other.shape == [24])
  }

  @Test func memoryIsUsedAgain() {
    let shape = [1237, 1013]
    let first = UnsafePointer(Tensor(zeros: shape).storage.base)
    let second = UnsafePointer(Tensor(zeros: shape).storage.base)
    #expect(first == second)
  }

  @Test func packedFormsDisappearWhenTheValuesChange() {
    var tensor = Tensor([1, 2], shape: [2])
    var made = 0
    func packed() -> Float {
      tensor.storage.packed(for: "twice") {
        made += 1
        return Tensor(tensor.values.map { $0 * 2 }, shape: [2]).storage
      }.base[0]
    }
    #expect(packed() == 2)
    #expect(packed() == 2)
    #expect(made == 1)
    tensor[0] = 5
    #expect(packed() == 10)
  }

  @Test func aWrongReshapeTraps() async {
    await #expect(processExitsWith: .failure) {
      _ = Tensor(zeros: [2, 3]).reshaped([4])
    }
  }
}
