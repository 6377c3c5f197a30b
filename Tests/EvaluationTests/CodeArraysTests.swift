import Tensors
import TestSupport
import Testing

@testable import Evaluation

struct CodeArraysTests {
  @Test func theLeastSignificantBitFirstIsTurnedAround() throws {
    // The same six codes, written by either convention.
    let msb = try #require(CodeFormat(bits: 4, codes: nil, bitOrder: .msb, quantizer: nil))
    let lsb = try #require(CodeFormat(bits: 4, codes: nil, bitOrder: .lsb, quantizer: nil))
    #expect(msb.codes(of: [15, 14, 8, 0, 3, 15]).codes == [15, 14, 8, 0, 3, 15])
    #expect(lsb.codes(of: [15, 7, 1, 0, 12, 15]).codes == [15, 14, 8, 0, 3, 15])
  }

  @Test func numbersOfPlainCodebooksAreNoBits() throws {
    let plain = try #require(CodeFormat(bits: nil, codes: 1024, bitOrder: .msb, quantizer: nil))
    #expect(plain.bits == nil)
    let binary = try #require(CodeFormat(bits: nil, codes: 1024, bitOrder: .msb, quantizer: .lfq))
    #expect(binary.bits == 10)
    let finite = try #require(CodeFormat(bits: nil, codes: 1000, bitOrder: .msb, quantizer: .fsq))
    #expect(finite.bits == nil)
    #expect(CodeFormat(bits: nil, codes: nil, bitOrder: .msb, quantizer: nil) == nil)
  }

  @Test func aCodeOutsideOfTheCodebookIsNamed() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("codes.npy")
    try NumpyFile(StoredTensor([UInt16(3), 70], shape: [2])).write(to: path)
    let format = try #require(CodeFormat(bits: 6, codes: nil, bitOrder: .msb, quantizer: nil))
    #expect(throws: CodeFileError.outOfRange(path, value: 70, size: 64)) {
      try CodeArrays.read(path, as: format)
    }
  }
}
