import Glibc
import Tensors
import TestSupport
import Testing

@testable import Training

/// Z[n, d] = sin(1.3 n + 0.7 d + 0.2), the matrix of the published vectors.
private func sineMatrix(bits: Int = 4) -> Tensor {
  let values = (0..<6).flatMap { n in
    (0..<bits).map { d in Float(sin(1.3 * Double(n) + 0.7 * Double(d) + 0.2)) }
  }
  return Tensor(values, shape: [6, bits])
}

@Test func commitmentOfTheSineMatrixIsThePublishedOne() {
  let value = commitment(Variable(sineMatrix())).value.scalar
  #expect(abs(value - 0.209_952_743_5) < 1e-6)
}

/// Lookup-free quantization's own temperature 1 and 10 are slopes of 4 and 40.
@Test(arguments: [
  (4, 1.161_942_168_1, 2.258_025_019_5), (40, 0.026_759_593_3, 1.587_396_214_1),
])
func entropiesOfTheSineMatrixAreThePublishedOnes(
  slope: Float, perSample: Double, batch: Double
) {
  let entropy = JointEntropy(Variable(sineMatrix()), slope: slope, order: [0, 1, 2, 3])
  #expect(abs(Double(entropy.perSample.value.scalar) - perSample) < 1e-4)
  #expect(abs(Double(entropy.batch.value.scalar) - batch) < 1e-4)
}

@Test(arguments: [(1, 2.757_682_956_5), (2, 2.735_267_332_2)])
func groupEntropiesOfUnitRowsAreThePublishedOnes(groupSize: Int, batch: Double) {
  // Rows of length 1; p = sigma(4 u / sqrt 4).
  let unit = Variable(sineMatrix()).rmsNormalized(epsilon: 1e-12).scaled(by: 0.5)
  let entropy = JointEntropy(unit, slope: 2, order: [0, 1, 2, 3], groupSize: groupSize)
  #expect(abs(Double(entropy.perSample.value.scalar) - 2.350_895_239_9) < 1e-4)
  #expect(abs(Double(entropy.batch.value.scalar) - batch) < 1e-4)
}

@Test func entropiesOfSixteenBitsInGroupsArePyTorchs() {
  let order = [5, 0, 11, 3, 8, 14, 2, 9, 1, 15, 7, 4, 10, 12, 6, 13]
  let entropy = JointEntropy(Variable(sineMatrix(bits: 16)), slope: 6, order: order)
  #expect(abs(entropy.perSample.value.scalar - 3.031_370) < 1e-4)
  #expect(abs(entropy.batch.value.scalar - 6.061_280) < 1e-4)
  #expect(abs(entropy.loss(sampleWeight: 0.5).value.scalar + 4.545_595) < 1e-4)
}

@Test func jointEntropyIgnoresTheOrderWithinAGroupAndSeesItBetweenGroups() {
  let z = Variable(sineMatrix(bits: 16))
  let inOrder = JointEntropy(z, slope: 6, order: Array(0..<16)).batch.value.scalar
  let within = Array((0..<8).reversed()) + Array(8..<16)
  #expect(abs(JointEntropy(z, slope: 6, order: within).batch.value.scalar - inOrder) < 1e-4)
  let mixed = [5, 0, 11, 3, 8, 14, 2, 9, 1, 15, 7, 4, 10, 12, 6, 13]
  #expect(abs(JointEntropy(z, slope: 6, order: mixed).batch.value.scalar - inOrder) > 1e-3)
}

@Test func jointEntropyHasTheRightGradient() {
  expectGradient(at: [Tensor.random([7, 10], seed: 4)], step: 3e-3) { inputs in
    JointEntropy(inputs[0], slope: 3, order: [3, 1, 0, 2, 9, 8, 7, 5, 4, 6])
      .loss(sampleWeight: 0.5)
  }
}

@Test func aBitThatCopiesAnotherIsSeparatedByTheJointLoss() {
  var source = RandomSource(seed: 2)
  let rows = 256
  var values = (0..<rows * 16).map { _ in Float(source.normal()) * 0.5 }
  // Bit 11 begins as a copy of bit 3, but for a trace of noise.
  for row in 0..<rows {
    values[row * 16 + 11] = values[row * 16 + 3] + Float(source.normal()) * 0.01
  }
  var z = Tensor(values, shape: [rows, 16])
  #expect(agreement(z) > 0.95)
  for _ in 0..<300 {
    let variable = Variable(z, requiresGradient: true)
    var order = Array(0..<16)
    order.shuffle(using: &source)
    JointEntropy(variable, slope: 6, order: order).loss(sampleWeight: 0.1).backward()
    let gradient = variable.gradient?.values ?? []
    z.withUnsafeMutableBuffer { z in
      for index in z.indices { z[index] -= 20 * gradient[index] }
    }
  }
  #expect(agreement(z) < 0.75)
}

/// The share of rows in which bits 3 and 11 are equal.
private func agreement(_ z: Tensor) -> Double {
  let values = z.values
  let rows = z.shape[0]
  let equal = (0..<rows).filter { (values[$0 * 16 + 3] >= 0) == (values[$0 * 16 + 11] >= 0) }
  return Double(equal.count) / Double(rows)
}

@Test func commitmentPullsTowardsTheCodesAlone() {
  let z = Variable(Tensor([0.25, -0.5], shape: [1, 2]), requiresGradient: true)
  commitment(z).backward()
  #expect(z.gradient?.values == [-0.75, 0.5])
}

@Test func equalPicturesHaveNoLoss() {
  let x = Variable(Tensor.random([1, 2, 12, 13, 3], seed: 3))
  #expect(Reconstruction.absoluteError(x, x).value.scalar == 0)
  #expect(Reconstruction.squaredError(x, x).value.scalar == 0)
  #expect(abs(Reconstruction.dissimilarity(x, x).value.scalar) < 1e-4)
}

@Test func flatPicturesDifferByTheirBrightnessAlone() {
  let x = Variable(Tensor(repeating: 0.5, shape: [1, 1, 11, 11, 1]))
  let y = Variable(Tensor(repeating: -0.25, shape: [1, 1, 11, 11, 1]))
  #expect(abs(Reconstruction.absoluteError(x, y).value.scalar - 0.75) < 1e-6)
  #expect(abs(Reconstruction.squaredError(x, y).value.scalar - 0.5625) < 1e-6)
  let similarity: Float = (2 * 0.5 * -0.25 + 0.0004) / (0.25 + 0.0625 + 0.0004)
  #expect(abs(Reconstruction.dissimilarity(x, y).value.scalar - (1 - similarity)) < 1e-4)
}

@Test func dissimilarityOfTwoWavesIsPyTorchs() {
  var x: [Float] = []
  var y: [Float] = []
  for t in 0..<2 {
    for i in 0..<12 {
      for j in 0..<13 {
        for c in 0..<2 {
          x.append(Float(sin(0.37 * Double(i * 13 + j) + Double(c))))
          y.append(Float(cos(0.21 * Double(i * 13 + j) - Double(c * t))))
        }
      }
    }
  }
  let shape = [1, 2, 12, 13, 2]
  let value = Reconstruction.dissimilarity(
    Variable(Tensor(x, shape: shape)), Variable(Tensor(y, shape: shape)))
  #expect(abs(value.value.scalar - 1.020_694) < 1e-4)
}

@Test func reconstructionLossesHaveTheRightGradients() {
  let pictures = [
    Tensor.random([1, 1, 12, 12, 2], seed: 5), Tensor.random([1, 1, 12, 12, 2], seed: 6),
  ]
  expectGradient(at: pictures) { Reconstruction.squaredError($0[0], $0[1]) }
  expectGradient(at: pictures, step: 1e-3, tolerance: 2e-2) {
    Reconstruction.absoluteError($0[0], $0[1])
  }
  expectGradient(at: pictures, tolerance: 1e-2) { Reconstruction.dissimilarity($0[0], $0[1]) }
}

@Test func contrastIsTheLogarithmOfTheNumberOfPairsWhenNothingFits() {
  // Unit vectors that are all equal: every caption fits every clip alike.
  let same = Variable(Tensor([1, 0, 1, 0, 1, 0], shape: [3, 2]))
  let value = contrastiveLoss(same, same, temperature: 0.1).value.scalar
  #expect(abs(value - logf(3)) < 1e-5)
  let apart = Variable(Tensor([1, 0, 0, 1], shape: [2, 2]))
  let fitting = contrastiveLoss(apart, apart, temperature: 0.1).value.scalar
  #expect(abs(fitting - log1pf(expf(-10))) < 1e-5)
}

@Test func contrastHasTheRightGradient() {
  let rows = [Tensor.random([4, 5], seed: 7), Tensor.random([4, 5], seed: 8)]
  expectGradient(at: rows, step: 3e-3) { contrastiveLoss($0[0], $0[1], temperature: 0.5) }
}
