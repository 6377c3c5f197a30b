/// A code, or all codes with certain bits, as people type them.
package struct CodePattern: Sendable, Equatable {
  package let bits: Int
  /// The bits that matter.
  package let mask: UInt32
  package let value: UInt32

  package init(code: UInt32, bits: Int) {
    self.bits = bits
    mask = bits == 32 ? .max : 1 << UInt32(bits) - 1
    value = code & mask
  }

  /// All codes with a bit that is 1; bit 0 is the highest.
  package init(bit: Int, bits: Int) {
    let mask: UInt32 = 1 << UInt32(max(0, bits - 1 - bit))
    self.init(bits: bits, mask: mask, value: mask)
  }

  private init(bits: Int, mask: UInt32, value: UInt32) {
    (self.bits, self.mask, self.value) = (bits, mask, value)
  }

  package func matches(_ code: UInt32) -> Bool { code & mask == value }

  /// Reads 0x1a2b, a decimal number, or bits, the highest first; nil for a text, which is none of these.
  ///
  /// Bits that are `x`, `?` or `.`, and those left out at the end, are free. Throws for a code that
  /// the codebook does not have.
  package init?(argument: String, bits: Int) throws {
    let most = bits == 32 ? UInt64(UInt32.max) : 1 << UInt64(bits) - 1
    let text = argument.lowercased()
    let pattern = Self.pattern(text, bits: bits)
    // All bits given: 1010 is a pattern where codes have four bits.
    if let pattern, text.utf8.count == bits, text.allSatisfy({ $0 == "0" || $0 == "1" }) {
      self = pattern
      return
    }
    let isHexadecimal = text.hasPrefix("0x") && text.dropFirst(2).allSatisfy(\.isHexDigit)
    let digits = isHexadecimal ? text.dropFirst(2) : text[...]
    guard !digits.isEmpty else { return nil }
    guard isHexadecimal || digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      guard let pattern else { return nil }
      self = pattern
      return
    }
    if let number = UInt64(digits, radix: isHexadecimal ? 16 : 10), number <= most {
      self.init(code: UInt32(number), bits: bits)
    } else if let pattern, text.utf8.count == bits {
      self = pattern
    } else {
      throw CorpusError.badCode(
        argument, reason: "codes of \(bits) bits go from 0 to \(most), 0x\(String(most, radix: 16))"
      )
    }
  }

  /// Nil unless it has bits, free or not, and not too many.
  private static func pattern(_ text: String, bits: Int) -> CodePattern? {
    let given = text.hasPrefix("0b") ? text.dropFirst(2) : text[...]
    let letters = given.hasSuffix("…") ? given.dropLast() : given
    let isOpen = text.hasPrefix("0b") || given.hasSuffix("…")
    guard letters.allSatisfy({ "01x?.".contains($0) }), (1...bits).contains(letters.count),
      letters.contains(where: { $0 == "0" || $0 == "1" }),
      isOpen || letters.count == bits || letters.contains(where: { "x?.".contains($0) })
    else { return nil }
    var (mask, value) = (UInt32(0), UInt32(0))
    for (place, letter) in letters.enumerated() {
      let bit: UInt32 = 1 << UInt32(bits - 1 - place)
      if letter == "0" || letter == "1" { mask |= bit }
      if letter == "1" { value |= bit }
    }
    return CodePattern(bits: bits, mask: mask, value: value)
  }

  /// Whether it stands for one code only.
  package var isExact: Bool { mask == CodePattern(code: 0, bits: bits).mask }

  package var description: String {
    if isExact { return "0x" + String(value, radix: 16) }
    return String(
      (0..<bits).map { place in
        let bit: UInt32 = 1 << UInt32(bits - 1 - place)
        return mask & bit == 0 ? "x" : value & bit == 0 ? "0" : "1"
      })
  }
}

extension CodePattern: CustomStringConvertible {}
