import FoundationEssentials

/// Reads lines of `metrics.jsonl`, several times as fast as a general decoder where a line is as our
/// trainer writes it; all others are left to the general one.
enum StepLine {
  /// Nil if the line is no step.
  static func read(_ line: [UInt8]) -> StepMetrics? {
    var scanner = PlainJSON(bytes: line)
    if let value = scanner.document(), let step = StepMetrics(value) { return step }
    return try? JSONDecoder().decode(StepMetrics.self, from: Data(line))
  }
}

/// JSON of numbers, texts without escapes, lists and objects, and nothing else: without blanks.
struct PlainJSON {
  enum Value {
    case number(Double)
    case text(String)
    case numbers([Double])
    case list([Value])
    case object([String: Value])

    var number: Double? { if case .number(let number) = self { number } else { nil } }
    var whole: Int? { number.flatMap { Int(exactly: $0) } }
    var text: String? { if case .text(let text) = self { text } else { nil } }
    var object: [String: Value]? { if case .object(let object) = self { object } else { nil } }
    var numbers: [Double]? { if case .numbers(let numbers) = self { numbers } else { nil } }
    var list: [Value]? {
      switch self {
      case .list(let list): list
      // An empty list may be a list of anything.
      case .numbers(let numbers) where numbers.isEmpty: []
      default: nil
      }
    }
  }

  private let bytes: [UInt8]
  private var at = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// The one value that the bytes are; nil if there is anything else.
  mutating func document() -> Value? {
    guard let value = value(), at == bytes.count else { return nil }
    return value
  }

  private mutating func value() -> Value? {
    guard at < bytes.count else { return nil }
    switch bytes[at] {
    case UInt8(ascii: "{"): return object()
    case UInt8(ascii: "["): return list()
    case UInt8(ascii: "\""): return text().map { .text($0) }
    default: return number().map { .number($0) }
    }
  }

  private mutating func object() -> Value? {
    var fields: [String: Value] = [:]
    fields.reserveCapacity(16)
    at += 1
    guard !take("}") else { return .object(fields) }
    while true {
      guard let name = text(), take(":"), let value = value() else { return nil }
      fields[name] = value
      if take("}") { return .object(fields) }
      guard take(",") else { return nil }
    }
  }

  private mutating func list() -> Value? {
    at += 1
    guard !take("]") else { return .numbers([]) }
    var numbers: [Double] = []
    numbers.reserveCapacity(16)
    var values: [Value] = []
    while true {
      guard let value = value() else { return nil }
      if case .number(let number) = value { numbers.append(number) } else { values.append(value) }
      if take("]") { break }
      guard take(",") else { return nil }
    }
    guard !values.isEmpty else { return .numbers(numbers) }
    return numbers.isEmpty ? .list(values) : nil
  }

  private mutating func text() -> String? {
    guard take("\"") else { return nil }
    let start = at
    while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
      guard bytes[at] >= 0x20, bytes[at] != UInt8(ascii: "\\") else { return nil }
      at += 1
    }
    let content = bytes[start..<at]
    return take("\"") ? String(validating: content, as: UTF8.self) : nil
  }

  private mutating func take(_ letter: Unicode.Scalar) -> Bool {
    guard at < bytes.count, bytes[at] == UInt8(ascii: letter) else { return false }
    at += 1
    return true
  }

  // MARK: Numbers

  private mutating func number() -> Double? {
    let start = at
    let isNegative = take("-")
    let first = at
    var mantissa: UInt64 = 0
    var digits = 0
    var decimals: Int?
    while at < bytes.count {
      let byte = bytes[at]
      if byte >= 0x30, byte <= 0x39 {
        if mantissa > 0 || byte > 0x30 { digits += 1 }
        mantissa = mantissa &* 10 &+ UInt64(byte - 0x30)
        if let known = decimals { decimals = known + 1 }
      } else if byte == UInt8(ascii: "."), decimals == nil, at > first {
        decimals = 0
      } else {
        break
      }
      at += 1
    }
    // JSON has no leading zeros and no point without digits.
    guard at > first, bytes[at - 1] != UInt8(ascii: "."),
      bytes[first] != 0x30 || at == first + 1 || bytes[first + 1] == UInt8(ascii: ".")
    else { return nil }
    guard let exponent = exponent() else { return nil }
    let power = (decimals ?? 0) - exponent
    if digits <= 18, (0..<Self.powers.count).contains(power) {
      let size = Self.quotient(mantissa, Self.powers[power])
      return isNegative ? -size : size
    }
    return Double(String(decoding: bytes[start..<at], as: UTF8.self))
  }

  private mutating func exponent() -> Int? {
    guard take("e") || take("E") else { return 0 }
    let isNegative = take("-")
    if !isNegative { _ = take("+") }
    let start = at
    var number = 0
    while at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39, number < 10_000 {
      number = number * 10 + Int(bytes[at] - 0x30)
      at += 1
    }
    return at == start ? nil : isNegative ? -number : number
  }

  /// All powers of ten that a `Double` holds exactly.
  private static let powers: [Double] = (1...22).reduce(into: [1]) { list, _ in
    list.append((list.last ?? 1) * 10)
  }

  /// m / p rounded once: what is lost in m and in the first quotient is made up for.
  private static func quotient(_ mantissa: UInt64, _ power: Double) -> Double {
    let rounded = Double(mantissa)
    let lost = Double(Int64(bitPattern: mantissa) - Int64(rounded))
    let first = rounded / power
    return first + (rounded.addingProduct(-first, power) + lost) / power
  }
}

/// The fields of one object: those that may be missing are still refused when of another kind.
private struct PlainFields {
  let fields: [String: PlainJSON.Value]
  private(set) var isWrong = false

  init?(_ value: PlainJSON.Value) {
    guard let fields = value.object else { return nil }
    self.fields = fields
  }

  subscript(_ key: some CodingKey) -> PlainJSON.Value? { fields[key.stringValue] }

  mutating func optional<Content>(
    _ key: some CodingKey, _ content: KeyPath<PlainJSON.Value, Content?>
  ) -> Content? {
    guard let value = self[key] else { return nil }
    let found = value[keyPath: content]
    if found == nil { isWrong = true }
    return found
  }
}

extension StepMetrics {
  /// Nil where a field is missing or of another kind.
  fileprivate init?(_ value: PlainJSON.Value) {
    guard var fields = PlainFields(value), fields[CodingKeys.prediction] == nil else { return nil }
    func number(_ key: CodingKeys) -> Double? { fields[key]?.number }
    guard let step = fields[CodingKeys.step]?.whole, let time = number(.time),
      let stage = fields[CodingKeys.stage]?.text, let loss = number(.loss),
      let rate = number(.learningRate), let norm = number(.gradientNorm),
      let wait = number(.dataWaitSeconds), let speed = number(.framesPerSecond),
      let listed = fields[CodingKeys.terms]?.object, let pyramid = fields[CodingKeys.levels]?.list
    else { return nil }
    var terms: [String: Term] = [:]
    for (name, term) in listed {
      guard let parts = term.object, let value = parts["value"]?.number,
        let weight = parts["weight"]?.number
      else { return nil }
      terms[name] = Term(value: value, weight: weight)
    }
    let levels = pyramid.compactMap { LevelStatistics($0) }
    let seconds = fields.optional(CodingKeys.stepSeconds, \.number)
    let bytes = fields.optional(CodingKeys.memoryBytes, \.whole)
    let validation = fields.optional(CodingKeys.validation, \.validation)
    guard levels.count == pyramid.count, !fields.isWrong else { return nil }
    self.init(
      step: step, time: time, stage: stage, loss: loss, terms: terms, learningRate: rate,
      gradientNorm: norm, dataWaitSeconds: wait, framesPerSecond: speed, stepSeconds: seconds,
      memoryBytes: bytes, levels: levels, validation: validation)
  }
}

extension LevelStatistics {
  fileprivate init?(_ value: PlainJSON.Value) {
    guard var fields = PlainFields(value), let used = fields[CodingKeys.used]?.whole,
      let ceiling = fields[CodingKeys.ceiling]?.number,
      let entropy = fields[CodingKeys.bitEntropy]?.numbers,
      let reach = fields[CodingKeys.inReach]?.number,
      let residual = fields[CodingKeys.residualRMS]?.number
    else { return nil }
    (self.used, self.ceiling, bitEntropy) = (used, ceiling, entropy)
    (inReach, residualRMS) = (reach, residual)
    tokens = fields.optional(CodingKeys.tokens, \.whole)
    perplexity = fields.optional(CodingKeys.perplexity, \.number)
    ones = fields.optional(CodingKeys.ones, \.numbers)
    codeGradient = fields.optional(CodingKeys.codeGradient, \.number)
    entropyGradient = fields.optional(CodingKeys.entropyGradient, \.number)
    codeGradientMedian = fields.optional(CodingKeys.codeGradientMedian, \.number)
    entropyGradientMedian = fields.optional(CodingKeys.entropyGradientMedian, \.number)
    guard !fields.isWrong else { return nil }
  }
}

extension PlainJSON.Value {
  fileprivate var validation: ValidationResult? {
    // Those of priors have more, and are left to the general decoder.
    guard let fields = object, fields["prediction"] == nil, let loss = fields["loss"]?.number,
      let psnr = fields["psnr"]?.number, let usage = fields["usage"]?.numbers
    else { return nil }
    let flips = fields["flips"]?.numbers
    guard flips != nil || fields["flips"] == nil else { return nil }
    return ValidationResult(loss: loss, psnr: psnr, usage: usage, flips: flips)
  }
}
