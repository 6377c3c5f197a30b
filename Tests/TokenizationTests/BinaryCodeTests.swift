import Foundation
import Tensors
import Testing
import Tokenization

/// Z[n, d] = sin(1.3n + 0.7d + 0.2), the matrix that the published vectors are computed on.
let sineMatrix: [Float] = (0..<6).flatMap { n in
  (0..<4).map { d in Float(sin(1.3 * Double(n) + 0.7 * Double(d) + 0.2)) }
}

@Test func theCodesOfTheSineMatrixAreThePublishedOnes() {
  sineMatrix.withUnsafeBufferPointer { values in
    #expect(BinaryCode.integers(of: values, bits: 4) == [15, 14, 8, 0, 3, 15])
    let reversed = BinaryCode.integers(of: values, bits: 4, order: .leastSignificantFirst)
    #expect(reversed == [15, 7, 1, 0, 12, 15])
  }
}

@Test func theCommitmentOfTheSineMatrixIsThePublishedOne() {
  let z = Variable(Tensor(sineMatrix, shape: [6, 4]), requiresGradient: true)
  let commitment = (z - Variable(z.signStraightThrough().value)).squared().mean()
  #expect(abs(commitment.value.scalar - 0.209_952_743_5) < 1e-6)
}

@Test func zeroCountsAsPlus() {
  [Float](arrayLiteral: 0, -0.0, -1, 1).withUnsafeBufferPointer { values in
    #expect(BinaryCode.integers(of: values, bits: 4) == [0b1101])
  }
}

@Test(arguments: [1, 4, 16, 32], BinaryCode.BitOrder.allCases)
func signsAndIntegersAreInverse(bits: Int, order: BinaryCode.BitOrder) {
  let mask: UInt32 = bits == 32 ? .max : (1 << UInt32(bits)) - 1
  let codes = (0..<100).map { UInt32(truncatingIfNeeded: $0 &* 2_654_435_761) & mask }
  let signs = BinaryCode.signs(of: codes, bits: bits, order: order)
  #expect(signs.allSatisfy { abs($0) == 1 })
  signs.withUnsafeBufferPointer {
    #expect(BinaryCode.integers(of: $0, bits: bits, order: order) == codes)
  }
}

@Test func mutedBitsAreZero() {
  #expect(BinaryCode.signs(of: [0b1010], bits: 4, mask: 0b0110) == [0, -1, 1, 0])
}

@Test func readingACodeBackwardsTwiceChangesNothing() {
  #expect(BinaryCode.reversed(0b1000_0000_0000_0001, bits: 16) == 0b1000_0000_0000_0001)
  #expect(BinaryCode.reversed(0b0001, bits: 4) == 0b1000)
  for code in stride(from: UInt32(0), to: 65_536, by: 97) {
    #expect(BinaryCode.reversed(BinaryCode.reversed(code, bits: 16), bits: 16) == code)
  }
}
