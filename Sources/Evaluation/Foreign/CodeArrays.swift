import Foundation
import Tensors

/// How to read integers that another program wrote as codes.
package struct CodeFormat: Sendable, Equatable {
  package enum BitOrder: String, Sendable, CaseIterable {
    case msb
    case lsb
  }

  package enum Quantizer: String, Sendable, CaseIterable {
    case lfq
    case bsq
    case fsq
    case vq
  }

  /// How many codes there could be, K.
  package let codebookSize: Int
  /// Nil where codes are not bits: then nothing is said about bits.
  package let bits: Int?
  /// Which end of the integer the first dimension of the latent stands at.
  package let bitOrder: BitOrder

  /// Nil if neither is given, or both and they contradict each other.
  package init?(bits: Int?, codes: Int?, bitOrder: BitOrder, quantizer: Quantizer?) {
    if let bits, !(1...32).contains(bits) { return nil }
    if let codes, codes < 1 || codes > 1 << 32 { return nil }
    guard let size = codes ?? bits.map({ 1 << $0 }) else { return nil }
    if let bits, size > 1 << bits { return nil }
    let isBinary = quantizer.map { $0 == .lfq || $0 == .bsq } ?? (bits != nil)
    let exponent = size.trailingZeroBitCount
    codebookSize = size
    self.bits = isBinary && size > 1 && size == 1 << exponent ? exponent : nil
    self.bitOrder = bitOrder
  }

  package var emptyUsage: CodebookUsage {
    bits.map { CodebookUsage(bits: $0) } ?? CodebookUsage(codes: codebookSize)
  }

  /// The bits of a code, whether or not they are looked at one by one; nil unless K = 2^bits.
  var width: Int? {
    let exponent = codebookSize.trailingZeroBitCount
    return codebookSize > 1 && codebookSize == 1 << exponent ? exponent : nil
  }

  /// Codes with the first dimension at the highest bit; nil and the culprit if one does not fit.
  func codes(of integers: [Int]) -> (codes: [UInt32], misfit: Int?) {
    var result: [UInt32] = []
    result.reserveCapacity(integers.count)
    for integer in integers {
      guard integer >= 0, integer < codebookSize else { return ([], integer) }
      result.append(ordered(UInt32(integer)))
    }
    return (result, nil)
  }

  private func ordered(_ code: UInt32) -> UInt32 {
    guard bitOrder == .lsb, let bits else { return code }
    return UInt32(truncatingIfNeeded: code.bitReversedValue >> UInt32(32 - bits))
  }
}

extension UInt32 {
  fileprivate var bitReversedValue: UInt32 {
    var (value, result) = (self, UInt32(0))
    for _ in 0..<32 {
      result = result << 1 | value & 1
      value >>= 1
    }
    return result
  }
}

/// Why foreign codes could not be read, in one line.
package enum CodeFileError: Error, Equatable, CustomStringConvertible {
  case unknownCodebook(String)
  case notIntegers(String, array: String)
  case outOfRange(String, value: Int, size: Int)
  case otherCodebook(String, size: Int, others: Int)
  case empty(String)

  package var description: String {
    switch self {
    case .unknownCodebook(let path):
      "\(path): says nothing about its codebook; give --bits N or --codes K."
    case .notIntegers(let path, let array): "\(path): \(array) holds no integers."
    case .outOfRange(let path, let value, let size):
      "\(path): code \(value) is outside of a codebook of \(size); check --bits or --codes."
    case .otherCodebook(let path, let size, let others):
      "\(path): has \(size) codes, the inputs before have \(others); look at them separately."
    case .empty(let path): "\(path): holds no codes."
    }
  }
}

/// Integer arrays of .npy and .npz files as the codes of levels.
package struct CodeArrays: Sendable, Equatable {
  /// `level2` in an array's name says the level, everything else is level 1.
  package private(set) var levels: [Int: [UInt32]] = [:]
  /// How arrays were understood that hold bits, or seem to.
  package private(set) var notices: [String] = []

  package static func read(_ path: String, as format: CodeFormat) throws -> CodeArrays {
    let arrays: [(name: String, array: StoredTensor)]
    if path.hasSuffix(".npz") {
      arrays = try NumpyArchive.read(path)
    } else {
      arrays = [("the array", try NumpyFile.read(path).array)]
    }
    var result = CodeArrays()
    for (name, array) in arrays {
      guard let stored = array.integers else {
        throw CodeFileError.notIntegers(path, array: name)
      }
      let (integers, notice) = BitArrays.codes(of: stored, shape: array.shape, as: format)
      if let notice { result.notices.append("\(name) \(notice)") }
      let (codes, misfit) = format.codes(of: integers)
      if let misfit {
        throw CodeFileError.outOfRange(path, value: misfit, size: format.codebookSize)
      }
      result.levels[level(in: name), default: []] += codes
    }
    guard result.levels.values.contains(where: { !$0.isEmpty }) else {
      throw CodeFileError.empty(path)
    }
    return result
  }

  private static func level(in name: String) -> Int {
    guard let range = name.range(of: "level") else { return 1 }
    return Int(name[range.upperBound...].prefix { $0.isNumber }) ?? 1
  }
}
