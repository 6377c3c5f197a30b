import TokenizerEngine

/// What edits did, in words.
enum EditWords {
  static func of(_ position: TokenPosition) -> String {
    "level \(position.level) (t \(position.step), y \(position.row), x \(position.column))"
  }

  static func code(_ code: UInt32, bits: Int) -> String {
    "0x" + Numbers.hexadecimal(code, bits: bits)
  }

  /// What was changed, without what it was before.
  static func name(_ report: EditReport) -> String {
    switch report.edit {
    case .flip(let bit, let position): return "bit \(bit) of \(of(position))"
    case .set(_, let position): return of(position)
    case .paste(let block, let position):
      if block.codes.count == 1 { return of(position) }
      let count = report.placed == 1 ? "1 token" : "\(report.placed) tokens"
      return count + " from \(of(position)) on"
    }
  }

  /// One line about all that an edit did.
  static func of(_ report: EditReport) -> String {
    var text = name(report)
    let asked: Int
    if case .paste(let block, _) = report.edit { asked = block.codes.count } else { asked = 1 }
    if asked > report.placed { text += ", the other \(asked - report.placed) did not fit" }
    guard report.changed > 0 else { return text + ": it was so already" }
    if asked > 1 {
      text += ": \(report.changed == report.placed ? "all" : "\(report.changed)") changed"
    } else {
      text +=
        ": \(code(report.before, bits: report.bits)) → \(code(report.after, bits: report.bits))"
    }
    return text
  }

  /// How large a copied box is.
  static func size(_ block: TokenBlock) -> String {
    "\(block.steps)x\(block.rows)x\(block.columns)"
  }
}

/// Codes as they are typed.
enum TypedCode {
  /// Hexadecimal with 0x, with a letter in it or with a leading zero, else decimal.
  static func parse(_ text: String) -> UInt32? {
    let digits = text.lowercased()
    if digits.hasPrefix("0x") { return UInt32(digits.dropFirst(2), radix: 16) }
    let isHexadecimal =
      digits.count > 1 && digits.hasPrefix("0") || digits.contains { ("a"..."f").contains($0) }
    return UInt32(digits, radix: isHexadecimal ? 16 : 10)
  }
}
