import Foundation
import Tensors
import TestSupport
import Testing
import Tokenization

@testable import Training

/// Z[n, d] = sin(1.3 n + 0.7 d + 0.2), the matrix of the published vectors.
private func sineMatrix() -> Tensor {
  let values = (0..<6).flatMap { n in
    (0..<4).map { d in Float(sin(1.3 * Double(n) + 0.7 * Double(d) + 0.2)) }
  }
  return Tensor(values, shape: [6, 4])
}

@Suite struct EntropyReachTests {
  /// Bits on their own are the released code's convention: p = σ(2 · temperature · z).
  @Test(arguments: [
    (1, 2.032_623_649_8, 2.746_084_665_3, -2.271_893_57e-2, 3.148_602_88e-2),
    (10, 0.119_878_968_6, 2.661_110_903_1, -1.990_464_41e-1, 7.902_933_05e-1),
  ])
  func valuesAndGradientsOfSingleBitsAreThePublishedOnes(
    temperature: Float, perSample: Double, batch: Double, first: Double, other: Double
  ) {
    let z = Variable(sineMatrix(), requiresGradient: true)
    let entropy = JointEntropy(z, slope: 2 * temperature, order: [0, 1, 2, 3], groupSize: 1)
    #expect(abs(Double(entropy.perSample.value.scalar) - perSample) < 5e-5)
    #expect(abs(Double(entropy.batch.value.scalar) - batch) < 5e-5)
    entropy.loss(sampleWeight: 1).backward()
    let gradient = z.gradient ?? Tensor(zeros: [6, 4])
    #expect(abs(Double(gradient[0, 0]) - first) < 2e-4)
    #expect(abs(Double(gradient[3, 3]) - other) < 2e-4)
  }

  /// Why the slope is 4 to 10 and not 100.
  ///
  /// The bits are normalised to a root mean square of 1, so
  /// slope · |z| is the slope itself, and p (1 − p) falls to 1 % of its peak at 5.986. At 100 every
  /// bit is decided with p beyond 1 − 1e-40, which no gradient can move; the term still reports a
  /// value, and nothing learns from it.
  @Test(arguments: [(6, true), (10, true), (100, false), (200, false)])
  func theEntropyGradientIsAliveAtTheDefaultSlopeAndDeadAt100(slope: Float, isAlive: Bool) {
    #expect(TokenizerConfiguration().entropySlope == 6)
    let z = Variable(
      Variable(Tensor.random([512, 16], seed: 3)).rmsNormalized().value, requiresGradient: true)
    let order = Array(0..<16)
    let entropy = JointEntropy(z, slope: slope, order: order)
    #expect(entropy.batch.value.scalar > 5)
    entropy.loss(sampleWeight: 0.5).backward()
    let gradient = z.gradient?.values ?? []
    // Per token, so that the number does not depend on how many there are.
    let typical = gradient.map { abs($0) * 512 }.sorted()[gradient.count / 2]
    if isAlive {
      #expect(typical > 1e-3)
    } else {
      #expect(typical < 1e-12)
    }
  }
}

@Suite struct CommitmentTests {
  /// Residual stages with scales 1, ½, ¼ on the sine matrix.
  @Test func stagesCommitToTheirOwnScale() {
    var rest = sineMatrix()
    let expected: [(scale: Float, own: Double, one: Double)] = [
      (1, 0.209_952_74, 0.209_952_74), (0.5, 0.110_090_78, 0.510_228_81),
      (0.25, 0.023_789_50, 0.514_885_65),
    ]
    for (scale, own, one) in expected {
      let z = Variable(rest)
      #expect(abs(Double(commitment(z, scale: scale).value.scalar) - own) < 1e-6)
      #expect(abs(Double(commitment(z).value.scalar) - one) < 1e-6)
      rest = (z - z.signStraightThrough().scaled(by: scale)).value
    }
  }
}

@Suite struct DivergenceTests {
  @Test func divergenceOfKnownBits() {
    let p = Variable(Tensor([0.8, 0.5, 0.8, 0.5], shape: [2, 2]))
    let r = Variable(Tensor([0.5, 0.5, 0.5, 0.1], shape: [2, 2]))
    let first = 0.8 * log(1.6) + 0.2 * log(0.4)
    let second = 0.5 * log(5) + 0.5 * log(0.5 / 0.9)
    let value = Double(bernoulliDivergence(p, from: r).value.scalar)
    #expect(abs(value - (2 * first + second) / 2) < 1e-5)
    #expect(abs(bernoulliDivergence(p, from: p).value.scalar) < 1e-6)
  }

  @Test func divergenceHasItsGradients() {
    let inputs = [Tensor.random([3, 4], seed: 1), Tensor.random([3, 4], seed: 2)]
    expectGradient(at: inputs, step: 3e-3) {
      bernoulliDivergence($0[0].sigmoid(), from: $0[1].sigmoid())
    }
  }

  /// A probability of 0 or 1 gives a large number and never an infinite one.
  @Test func decidedBitsStayFinite() {
    let (zero, one) = (
      Variable(Tensor(zeros: [1, 1])), Variable(Tensor(repeating: 1, shape: [1, 1]))
    )
    let value = bernoulliDivergence(one, from: zero).value.scalar
    #expect(value > 9 && value < 9.3)
  }

  @Test func aLevelThatSaysWhatItsCellSaysIsConsistent() {
    // Each cell of 2x2x2 is of one kind; frame 0 has a cell of 1x2x2.
    var finer = Tensor(zeros: [1, 3, 4, 4, 2])
    var coarser = Tensor(zeros: [1, 2, 2, 2, 2])
    for t in 0..<3 {
      for y in 0..<4 {
        for x in 0..<4 {
          for bit in 0..<2 {
            let cell = [(t + 1) / 2, y / 2, x / 2]
            let value: Float = (cell.reduce(0, +) + bit).isMultiple(of: 2) ? 0.6 : -0.3
            finer[0, t, y, x, bit] = value
            coarser[0, cell[0], cell[1], cell[2], bit] = value
          }
        }
      }
    }
    let ratios = [[2, 2, 2]]
    let equal = hierarchicalConsistency(
      [Variable(finer), Variable(coarser)], ratios: ratios, slope: 4)
    #expect(abs(equal.value.scalar) < 1e-5)
    let opposite = hierarchicalConsistency(
      [-Variable(finer), Variable(coarser)], ratios: ratios, slope: 4)
    #expect(opposite.value.scalar > 1)
  }

  @Test func onlyTheCoarserLevelFollows() {
    let finer = Variable(Tensor.random([1, 3, 4, 4, 2], seed: 1), requiresGradient: true)
    let coarser = Tensor.random([1, 2, 2, 2, 2], seed: 2)
    hierarchicalConsistency(
      [finer, Variable(coarser, requiresGradient: true)], ratios: [[2, 2, 2]], slope: 4
    ).backward()
    #expect(finer.gradient == nil)
    expectGradient(at: [coarser], step: 3e-3) {
      hierarchicalConsistency(
        [Variable(finer.value), $0[0]], ratios: [[2, 2, 2]], slope: 2)
    }
  }

  @Test func driftIsNoneFromOneselfAndHasItsGradient() {
    let z = [Tensor.random([1, 2, 2, 2, 3], seed: 1), Tensor.random([1, 1, 2, 2, 3], seed: 2)]
    let own = z.map { Variable($0) }
    #expect(abs(posteriorDrift(own, from: own, slope: 6).value.scalar) < 1e-6)
    let other = own.map { $0.scaled(by: -0.5) }
    #expect(posteriorDrift(own, from: other, slope: 6).value.scalar > 0.5)
    expectGradient(at: z, step: 3e-3) { posteriorDrift($0, from: other, slope: 2) }
  }
}
