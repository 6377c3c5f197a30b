/// Numbers as people read them on a screen, without the cost of Foundation's formatters.
package enum NumberText {
  /// At most five columns with an SI suffix: 0.125, 3.2k, 15M; "–" for what is no number.
  package static func compact(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    if value == 0 { return "0" }
    let sign = value < 0 ? "-" : ""
    let size = abs(value)
    if size < 0.000_95 { return sign + scientific(size) }
    if size < 0.999_5 { return sign + trimmed(fixed(size, decimals: 3)) }
    for (limit, divisor, suffix) in [
      (999.5, 1.0, ""), (999.5e3, 1e3, "k"), (999.5e6, 1e6, "M"), (999.5e9, 1e9, "G"),
      (999.5e12, 1e12, "T"),
    ] where size < limit {
      let scaled = size / divisor
      let decimals = scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0
      return sign + trimmed(fixed(scaled, decimals: decimals)) + suffix
    }
    return sign + scientific(size)
  }

  /// With exactly `decimals` digits behind the point, rounded half away from zero.
  package static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return value.isFinite ? "\(value)" : "–" }
    var factor = 1.0
    for _ in 0..<decimals { factor *= 10 }
    let scaled = (abs(value) * factor).rounded()
    let whole = Int(scaled / factor)
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(whole)" }
    let digits = String(Int(scaled - Double(whole) * factor))
    return sign + "\(whole)." + String(repeating: "0", count: max(0, decimals - digits.count))
      + digits
  }

  /// `1:02.3`: minutes, seconds, tenths.
  package static func time(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "–" }
    let tenths = Int((max(0, seconds) * 10).rounded(.down))
    let (minutes, rest) = (tenths / 600, tenths % 600)
    return "\(minutes):\(rest < 100 ? "0" : "")\(rest / 10).\(rest % 10)"
  }

  private static func scientific(_ size: Double) -> String {
    var exponent = 0
    var mantissa = size
    while mantissa < 0.95, exponent > -330 {
      mantissa *= 10
      exponent -= 1
    }
    while mantissa >= 9.5, exponent < 310 {
      mantissa /= 10
      exponent += 1
    }
    return "\(Int(mantissa.rounded()))e\(exponent)"
  }

  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }
}
