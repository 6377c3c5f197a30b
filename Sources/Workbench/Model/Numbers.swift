/// Numbers as the screens write them; no Foundation, for a quick start.
enum Numbers {
  /// With a fixed number of decimals; "∞" and "–" for what is no number.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "–" : (value < 0 ? "-∞" : "∞") }
    guard abs(value) < 1e15 else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int((abs(value) * scale).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard decimals > 0 else { return sign + "\(scaled)" }
    let fraction = "\(scaled % Int(scale))"
    let padding = String(repeating: "0", count: decimals - fraction.count)
    return sign + "\(scaled / Int(scale))." + padding + fraction
  }

  /// As few decimals as say it, at most two.
  static func short(_ value: Double) -> String {
    var text = fixed(value, 2)
    guard text.contains(".") else { return text }
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// With a plus where it is not negative: +0.83.
  static func signed(_ value: Double, _ decimals: Int) -> String {
    value < 0 ? fixed(value, decimals) : "+" + fixed(value, decimals)
  }

  static func percent(_ share: Double, _ decimals: Int = 1) -> String {
    share.isFinite ? fixed(share * 100, decimals) + " %" : "–"
  }

  /// With thin groups of three: 12 345.
  static func grouped(_ value: Int) -> String {
    let digits = Array(String(abs(value)))
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(" ") }
      text.append(digit)
    }
    return text
  }

  /// 3fa2, as many digits as the bits need.
  static func hexadecimal(_ value: UInt32, bits: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, (bits + 3) / 4 - digits.count)) + digits
  }

  /// Minutes, seconds and hundredths: 0:05.33.
  static func time(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "–" }
    let hundredths = Int((max(0, seconds) * 100).rounded())
    let rest = fixed(Double(hundredths % 6_000) / 100, 2)
    return "\(hundredths / 6_000):" + (rest.count < 5 ? "0" : "") + rest
  }

  /// As 12.7 KB.
  static func bytes(_ count: Double) -> String {
    if count >= 1_000_000_000 { return fixed(count / 1_000_000_000, 1) + " GB" }
    if count >= 1_000_000 { return fixed(count / 1_000_000, 1) + " MB" }
    if count >= 1_000 { return fixed(count / 1_000, 1) + " KB" }
    return fixed(count, 0) + " B"
  }
}

/// A word as a shell takes it.
enum ShellWord {
  static func quoted(_ text: String) -> String {
    let plain = text.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || ("0"..."9").contains($0)
        || "/._-+=:,".unicodeScalars.contains($0)
    }
    // What looks like an option is seen to be a word.
    guard !plain || text.hasPrefix("-") || text.isEmpty else { return text }
    return "'"
      + text.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
  }
}
