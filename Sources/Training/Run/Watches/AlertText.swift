/// Numbers in the words of alerts.
enum AlertText {
  static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "\(share)" }
    let tenths = (min(max(share, -1e9), 1e9) * 1000).rounded() / 10
    return tenths >= 10 || tenths == tenths.rounded() ? "\(Int(tenths.rounded())) %" : "\(tenths) %"
  }

  /// Three digits or so.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    guard value != 0 else { return "0" }
    if value.magnitude < 0.001 { return scientific(value) }
    guard value.magnitude < 1_000 else { return "\(Int(max(-1e15, min(value, 1e15))))" }
    let factor = value.magnitude >= 10 ? 10.0 : 1_000
    return "\((value * factor).rounded() / factor)"
  }

  private static func scientific(_ number: Double) -> String {
    var (mantissa, exponent) = (number, 0)
    while mantissa.magnitude < 1 {
      mantissa *= 10
      exponent -= 1
    }
    return "\((mantissa * 10).rounded() / 10)e\(exponent)"
  }
}

/// The mean of every so many numbers.
struct WindowMean: Sendable, Equatable {
  private let size: Int
  private var sum = 0.0
  private var count = 0

  init(of size: Int) { self.size = size }

  /// The mean where a window is full now.
  mutating func add(_ value: Double) -> Double? {
    sum += value
    count += 1
    guard count >= size else { return nil }
    defer { self = WindowMean(of: size) }
    return sum / Double(count)
  }
}
