/// A pattern of parameter names: `*` stands for any letters, dots too; a name without one stands for
/// all that lies below it.
///
/// `encoder`, `encoder.*`, `quantizer.levels.*.attention.*`.
struct NamePattern {
  let text: String

  func matches(_ name: String) -> Bool {
    guard text.contains("*") else { return name == text || name.hasPrefix(text + ".") }
    return Self.matches(Array(name.utf8)[...], Array(text.utf8)[...])
  }

  /// Goes back to the last star where a letter does not fit.
  private static func matches(_ name: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
    let star = UInt8(ascii: "*")
    var (name, pattern) = (name, pattern)
    var retry: (name: ArraySlice<UInt8>, pattern: ArraySlice<UInt8>)?
    while let letter = name.first {
      if pattern.first == star {
        pattern = pattern.dropFirst()
        retry = (name, pattern)
      } else if pattern.first == letter {
        name = name.dropFirst()
        pattern = pattern.dropFirst()
      } else if let last = retry {
        name = last.name.dropFirst()
        pattern = last.pattern
        retry = (name, pattern)
      } else {
        return false
      }
    }
    return pattern.allSatisfy { $0 == star }
  }
}
