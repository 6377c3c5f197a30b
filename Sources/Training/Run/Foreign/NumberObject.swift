/// The numbers of one line of JSON, each under the path to it, as any program writes them.
///
/// Takes what Python's `json` writes: blanks anywhere, NaN and Infinity. Texts count where they say
/// one of these. Long lists are left out: they are data, not numbers over time.
struct NumberObject {
  private(set) var numbers: [(name: String, value: Double, isWhole: Bool)] = []
  /// Those that may name a type of numbers.
  private(set) var texts: [(name: String, text: String)] = []

  private static let deepest = 12
  private static let longestList = 32
  private static let most = 2_048

  private let bytes: [UInt8]
  private let skipped: Set<String>
  private var at = 0

  /// Nil if the line is no JSON object.
  ///
  /// - Parameter skipped: fields, at any depth, whose numbers are left out.
  init?(_ line: [UInt8], skipping skipped: Set<String> = []) {
    bytes = line
    self.skipped = skipped
    skipBlanks()
    guard at < bytes.count, bytes[at] == UInt8(ascii: "{"), readValue("", depth: 0) else {
      return nil
    }
    skipBlanks()
    guard at == bytes.count else { return nil }
  }

  private mutating func readValue(_ name: String, depth: Int) -> Bool {
    skipBlanks()
    guard at < bytes.count, depth <= Self.deepest else { return false }
    switch bytes[at] {
    case UInt8(ascii: "{"): return readObject(name, depth: depth)
    case UInt8(ascii: "["): return readList(name, depth: depth)
    case UInt8(ascii: "\""):
      guard let text = readText() else { return false }
      if let number = Self.special(text) {
        add(name, number, isWhole: false)
      } else if PrecisionSetting.mayName(name), texts.count < Self.longestList {
        texts.append((name, text))
      }
      return true
    default: return readWord(name)
    }
  }

  private mutating func readObject(_ name: String, depth: Int) -> Bool {
    at += 1
    skipBlanks()
    if take("}") { return true }
    while true {
      skipBlanks()
      guard let key = readText() else { return false }
      skipBlanks()
      let start = numbers.count
      guard take(":"), readValue(name.isEmpty ? key : "\(name)/\(key)", depth: depth + 1) else {
        return false
      }
      if skipped.contains(key) { numbers.removeSubrange(start...) }
      skipBlanks()
      if take("}") { return true }
      guard take(",") else { return false }
    }
  }

  /// Elements are numbered from 1 on.
  private mutating func readList(_ name: String, depth: Int) -> Bool {
    let start = numbers.count
    var count = 0
    at += 1
    skipBlanks()
    if take("]") { return true }
    while true {
      count += 1
      guard readValue("\(name)/\(count)", depth: depth + 1) else { return false }
      if count > Self.longestList { numbers.removeSubrange(min(start, numbers.count)...) }
      skipBlanks()
      if take("]") { return true }
      guard take(",") else { return false }
    }
  }

  /// A number, or true, false, null.
  private mutating func readWord(_ name: String) -> Bool {
    let start = at
    while at < bytes.count, !Self.ends.contains(bytes[at]) { at += 1 }
    guard at > start, at - start <= 400 else { return false }
    let word = String(decoding: bytes[start..<at], as: UTF8.self)
    if word == "null" || word == "true" || word == "false" { return true }
    if let number = Self.special(word) {
      add(name, number, isWhole: false)
      return true
    }
    guard let first = word.utf8.first, first == 0x2d || (0x30...0x39).contains(first),
      let number = Double(word)
    else { return false }
    add(name, number, isWhole: Int(word) != nil)
    return true
  }

  private mutating func add(_ name: String, _ value: Double, isWhole: Bool) {
    guard numbers.count < Self.most else { return }
    numbers.append((name, value, isWhole))
  }

  private static let ends = Set<UInt8>(",]} \t\r\n".utf8)

  private static func special(_ word: String) -> Double? {
    switch word {
    case "NaN", "nan": .nan
    case "Infinity", "inf", "+inf": .infinity
    case "-Infinity", "-inf": -.infinity
    default: nil
    }
  }

  /// Escapes stay as they are written, except those of signs.
  private mutating func readText() -> String? {
    guard take("\"") else { return nil }
    var text: [UInt8] = []
    while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
      if bytes[at] == UInt8(ascii: "\\") {
        at += 1
        guard at < bytes.count else { return nil }
      }
      if text.count < 512 { text.append(bytes[at]) }
      at += 1
    }
    guard take("\"") else { return nil }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func skipBlanks() {
    while at < bytes.count, [0x20, 0x09, 0x0d, 0x0a].contains(bytes[at]) { at += 1 }
  }

  private mutating func take(_ letter: Unicode.Scalar) -> Bool {
    guard at < bytes.count, bytes[at] == UInt8(ascii: letter) else { return false }
    at += 1
    return true
  }
}
