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
  /// The values of each dimension of FSQ codes, the first least significant; nil for others.
  package let dimensions: [Int]?
  /// Which end of the integer the first dimension of the latent stands at.
  package let bitOrder: BitOrder
  package let quantizer: Quantizer?
  /// k of the entropy term's σ(k z), for arrays of values before the sign.
  package var slope: Double?
  /// What a bit adds at each stage of a residual quantizer, for arrays of values before the sign.
  package var scales = [1.0]
  /// The sides of the scales of multi-scale BSQ, for fields [..., bits, H, W] of such values.
  package var sides: [Int] = []

  /// Nil if nothing says how many codes there are, or two things contradict each other.
  package init?(
    bits: Int?, codes: Int?, dimensions: [Int]? = nil, bitOrder: BitOrder, quantizer: Quantizer?
  ) {
    if let bits, !(1...32).contains(bits) { return nil }
    if let codes, codes < 1 || codes > 1 << 32 { return nil }
    var size = codes ?? bits.map({ 1 << $0 })
    if let dimensions {
      guard let product = CodeFormat.product(dimensions), codes == nil || codes == product,
        bits == nil, quantizer == nil || quantizer == .fsq
      else { return nil }
      size = product
    }
    guard let size else { return nil }
    if let bits, size > 1 << bits { return nil }
    let isBinary =
      dimensions == nil && (quantizer.map { $0 == .lfq || $0 == .bsq } ?? (bits != nil))
    let exponent = size.trailingZeroBitCount
    codebookSize = size
    self.bits = isBinary && size > 1 && size == 1 << exponent ? exponent : nil
    self.dimensions = dimensions
    self.bitOrder = bitOrder
    self.quantizer = quantizer
  }

  private static func product(_ dimensions: [Int]) -> Int? {
    guard (1...32).contains(dimensions.count), dimensions.allSatisfy({ (2...65_536).contains($0) })
    else { return nil }
    var product = 1
    for size in dimensions {
      product *= size
      guard product <= 1 << 32 else { return nil }
    }
    return product
  }

  package var emptyUsage: CodebookUsage {
    if let dimensions { return CodebookUsage(dimensions: dimensions) }
    return bits.map { CodebookUsage(bits: $0) } ?? CodebookUsage(codes: codebookSize)
  }

  /// The bits of a code, whether or not they are looked at one by one; nil unless K = 2^bits.
  var width: Int? {
    let exponent = codebookSize.trailingZeroBitCount
    return codebookSize > 1 && codebookSize == 1 << exponent ? exponent : nil
  }

  /// Codes with the first dimension at the highest bit, without the −1 of stages that were left out;
  /// the culprit and no codes if one does not fit.
  func codes(of integers: some Sequence<Int>) -> (codes: [UInt32], left: Int, misfit: Int?) {
    var result: [UInt32] = []
    var left = 0
    result.reserveCapacity(integers.underestimatedCount)
    for integer in integers {
      if integer == -1 {
        left += 1
        continue
      }
      guard integer >= 0, integer < codebookSize else { return ([], 0, integer) }
      result.append(ordered(UInt32(integer)))
    }
    return (result, left, nil)
  }

  func ordered(_ code: UInt32) -> UInt32 {
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
  case badLatents(String, array: String, width: Int)
  case badField(String, array: String, channels: Int, side: Int)
  case outOfRange(String, value: Int, size: Int)
  case otherCodebook(String, size: Int, others: Int)
  case badDump(String, reason: String)
  case empty(String)

  package var description: String {
    switch self {
    case .unknownCodebook(let path):
      "\(path): says nothing about its codebook; give --bits N, --codes K or --levels 8,5,5,5."
    case .notIntegers(let path, let array): "\(path): \(array) holds no numbers."
    case .badLatents(let path, let array, let width):
      "\(path): \(array) holds no integers; values before the sign have \(width) of them along the "
        + "last axis."
    case .badField(let path, let array, let channels, let side):
      "\(path): \(array) is no field of [..., \(channels), H, W] with sides of \(side) or more."
    case .outOfRange(let path, let value, let size):
      "\(path): code \(value) is outside of a codebook of \(size); check --bits or --codes."
    case .otherCodebook(let path, let size, let others):
      "\(path): has \(size) codes, the inputs before have \(others); look at them separately."
    case .badDump(let path, let reason): "\(path): \(reason)."
    case .empty(let path): "\(path): holds no codes."
    }
  }
}
