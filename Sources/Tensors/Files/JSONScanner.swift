/// Walks through the little JSON that headers of tensor files are written in.
///
/// Only objects, strings and lists of whole numbers exist in it; anything else is refused, so no
/// input nests deeper than the code that reads it.
struct JSONScanner {
  private let text: [UInt8]
  private var position = 0

  init(_ text: [UInt8]) { self.text = text }

  /// Calls `field` with each key, placed at its value.
  mutating func object(_ field: (inout JSONScanner, String) throws -> Void) throws {
    try expect("{")
    if take("}") { return }
    repeat {
      let key = try string()
      try expect(":")
      try field(&self, key)
    } while take(",")
    try expect("}")
  }

  mutating func integers() throws -> [Int] {
    try expect("[")
    var values: [Int] = []
    if take("]") { return values }
    repeat { values.append(try integer()) } while take(",")
    try expect("]")
    return values
  }

  mutating func string() throws -> String {
    try expect("\"")
    var bytes: [UInt8] = []
    while true {
      let byte = try next()
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: bytes, as: UTF8.self) else {
          throw fault("holds text that is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): bytes += Array(String(try escape()).utf8)
      case 0..<32: throw fault("holds a control character")
      default: bytes.append(byte)
      }
    }
  }

  /// Nothing but white space may follow.
  mutating func end() throws {
    skipSpace()
    guard position == text.count else { throw fault("goes on after its end") }
  }

  private mutating func integer() throws -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < text.count, case let digit = Int(text[position]) - 48, (0...9) ~= digit {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(digit)
      guard !overflow, !carry else { throw fault("holds a number that is too large") }
      value = sum
      position += 1
    }
    guard position > start else { throw fault("lacks a whole number") }
    return value
  }

  private mutating func escape() throws -> Unicode.Scalar {
    switch try next() {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw fault("holds an unknown escape")
    }
  }

  private mutating func unicodeEscape() throws -> Unicode.Scalar {
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard (0xd800..<0xdc00).contains(first), try next() == UInt8(ascii: "\\"),
      try next() == UInt8(ascii: "u"), case let second = try hexadecimal(),
      (0xdc00..<0xe000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
    else { throw fault("holds half a surrogate pair") }
    return scalar
  }

  private mutating func hexadecimal() throws -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(try next())).hexDigitValue else {
        throw fault("holds an unknown escape")
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  private mutating func expect(_ character: Unicode.Scalar) throws {
    guard take(character) else { throw fault("lacks “\(character)”") }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < text.count, UInt32(text[position]) == character.value else { return false }
    position += 1
    return true
  }

  private mutating func next() throws -> UInt8 {
    guard position < text.count else { throw fault("breaks off") }
    position += 1
    return text[position - 1]
  }

  private mutating func skipSpace() {
    while position < text.count, [32, 9, 10, 13].contains(text[position]) { position += 1 }
  }

  private func fault(_ what: String) -> SafetensorsHeader.Problem {
    SafetensorsHeader.Problem(reason: "its header \(what) at byte \(position)")
  }
}
