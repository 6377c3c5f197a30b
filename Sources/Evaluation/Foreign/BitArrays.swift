/// Arrays that hold the bits of codes, one number a bit, where codes are expected.
enum BitArrays {
  /// Without --bits a last axis as long as this is believed to be bits.
  private static let usualWidths = 8...20

  /// Codes put together along the last axis if it holds the bits of `format`, else the numbers as
  /// they are; what should be known about that goes behind the array's name.
  static func codes(of numbers: [Int], shape: [Int], as format: CodeFormat)
    -> (codes: [Int], notice: String?)
  {
    guard format.codebookSize > 2, !numbers.isEmpty, let values = values(of: numbers) else {
      return (numbers, nil)
    }
    let isTold = format.bits != nil
    if let width = format.width, shape.count > 1, shape.last == width,
      isTold || usualWidths.contains(width)
    {
      let codes = stride(from: 0, to: numbers.count, by: width).map {
        code(numbers[$0..<$0 + width], format.bitOrder)
      }
      return (
        codes,
        "holds only \(values): taken as \(codes.count) codes of the \(width) bits along its last "
          + "axis, first bit \(format.bitOrder == .msb ? "highest" : "lowest")"
      )
    }
    return (
      numbers,
      "holds only \(values): these look like bits, not codes; save them with the bits of a code "
        + "along the last axis and give --bits"
    )
  }

  /// Nil if there are other numbers than those of bits.
  private static func values(of numbers: [Int]) -> String? {
    if numbers.allSatisfy({ $0 == 0 || $0 == 1 }) { return "0 and 1" }
    return numbers.allSatisfy { $0 == -1 || $0 == 1 } ? "−1 and 1" : nil
  }

  private static func code(_ bits: ArraySlice<Int>, _ order: CodeFormat.BitOrder) -> Int {
    let highestFirst = order == .msb ? Array(bits) : bits.reversed()
    return highestFirst.reduce(0) { $0 << 1 | ($1 > 0 ? 1 : 0) }
  }
}
