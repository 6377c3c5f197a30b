import Tokenization

/// A setting of another program that says that it computes with 16 bits.
struct PrecisionSetting: Sendable, Equatable {
  private let name: String
  private let value: String
  /// Whether it is the quantizer's own.
  private let isOfQuantizer: Bool

  /// Whether a field may be such a setting.
  static func mayName(_ name: String) -> Bool {
    let last = name.split(separator: "/").last?.lowercased() ?? ""
    return last.contains("precision") || last.contains("dtype")
  }

  /// Nil for settings of full precision, and for what is none.
  init?(name: String, value: String) {
    guard HalfPrecision.isNamed(by: value) else { return nil }
    (self.name, self.value) = (name, value)
    isOfQuantizer = TagWords(name).namesCodes
  }

  var alert: Alert {
    Alert(
      rule: .precision, severity: isOfQuantizer ? .warning : .info, level: nil,
      text: isOfQuantizer
        ? "the quantizer computes in \(value) (\(name))"
        : "training computes in \(value) (\(name)); nothing says that the quantizer does not",
      remedy: HalfPrecision.remedy,
      basis: "a setting in metrics.jsonl")
  }
}
