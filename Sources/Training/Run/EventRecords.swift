/// Takes the records of an event file apart, strictly.
///
/// A tail that is too short is not written yet; a length that does not fit its checksum ends the
/// file, unless what follows shows it to be right; data that does not is skipped.
struct EventRecords {
  /// What is taken out of events; the rest is passed over.
  enum Content {
    case all
    /// Histograms and pictures, in a tenth of the time.
    case views
    case numbers
  }

  let bytes: [UInt8]
  /// Behind the last record that was given.
  private(set) var offset: Int
  /// What follows cannot be found any more.
  private(set) var isDamaged = false
  /// Records whose length or data does not fit its checksum.
  private(set) var badChecksums = 0
  /// How many bytes of the next record, of which the length is known, are not there.
  private(set) var missing = 0

  private let content: Content
  private let isWhole: Bool
  private let trusted: Int

  /// - Parameters:
  ///   - isWhole: whether no more bytes can be had now.
  ///   - trusted: a length with a bad checksum is looked into up to here; 0 for never.
  init(
    _ bytes: [UInt8], at offset: Int = 0, content: Content = .all, isWhole: Bool = true,
    trusted: Int = 0
  ) {
    self.bytes = bytes
    self.offset = offset
    self.content = content
    self.isWhole = isWhole
    self.trusted = trusted
  }

  struct Record {
    let data: Range<Int>
    /// Nil if the data is damaged.
    let event: Event?
  }

  /// Nil at the end, at a tail that is not whole, and where the file is damaged.
  mutating func next() -> Record? {
    missing = 0
    guard !isDamaged, bytes.count - offset >= 12 else { return nil }
    let length = Self.number(bytes[offset..<offset + 8])
    let isSure = hasHeader(at: offset)
    guard isSure || length <= UInt64(trusted) && trusted > 0 else {
      isDamaged = true
      return nil
    }
    // A length that is sure may still be more than any file holds.
    guard length < UInt64(Int.max / 2) else {
      isDamaged = true
      return nil
    }
    let end = offset + 12 + Int(length) + 4
    guard end <= bytes.count else {
      if isSure { missing = end - bytes.count } else if isWhole { isDamaged = true }
      return nil
    }
    let data = offset + 12..<end - 4
    let isGood =
      EventsFile.maskedChecksum(bytes[data]) == UInt32(Self.number(bytes[end - 4..<end]))
    if !isSure, !isGood {
      guard bytes.count - end >= 12 || isWhole else { return nil }
      guard bytes.count - end >= 12, hasHeader(at: end) else {
        isDamaged = true
        return nil
      }
    }
    if !isSure || !isGood { badChecksums += 1 }
    offset = end
    return Record(data: data, event: isGood ? Event(bytes[data], content: content) : nil)
  }

  /// Whether a length stands here that fits its checksum.
  private func hasHeader(at place: Int) -> Bool {
    EventsFile.maskedChecksum(bytes[place..<place + 8])
      == UInt32(Self.number(bytes[place + 8..<place + 12]))
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// One message of the file.
  struct Event {
    var time = 0.0
    var step = 0
    var version: String?
    var values: [(tag: String, value: EventValue)] = []

    /// Nil if the bytes are no such message.
    init?(_ bytes: ArraySlice<UInt8>, content: Content = .all) {
      guard let fields = MessageFields(bytes) else { return nil }
      for field in fields.list {
        switch field {
        case (1, .fixed64(let bits)): time = Double(bitPattern: bits)
        case (2, .varint(let number)): step = Int(truncatingIfNeeded: number)
        case (3, .bytes(let text)): version = String(decoding: text, as: UTF8.self)
        case (5, .bytes(let summary)):
          guard let values = Self.values(summary, content) else { return nil }
          self.values = values
        default: break
        }
      }
    }

    private static func values(
      _ summary: ArraySlice<UInt8>, _ wanted: Content
    ) -> [(String, EventValue)]? {
      guard let fields = MessageFields(summary) else { return nil }
      var result: [(String, EventValue)] = []
      for case (1, .bytes(let value)) in fields.list {
        // A number's message ends with a key and four bytes, and its tag comes first.
        if wanted == .views, value.count >= 7, value[value.startIndex] == 0x0a,
          Int(value[value.startIndex + 1]) == value.count - 7, value[value.endIndex - 5] == 0x15
        {
          continue
        }
        guard let parts = MessageFields(value) else { return nil }
        guard let tag = parts.text(1), let content = Self.value(parts, wanted) else {
          continue
        }
        result.append((tag, content))
      }
      return result
    }

    private static func value(_ fields: MessageFields, _ wanted: Content) -> EventValue? {
      for field in fields.list {
        switch field {
        case (2, .fixed32(let bits)): return .scalar(Double(Float(bitPattern: bits)))
        case (8, .bytes(let tensor)):
          return wanted == .views ? nil : TensorMessage.number(tensor).map { .scalar($0) }
        case (4...5, _) where wanted == .numbers: return nil
        case (4, .bytes(let image)): return Self.image(image)
        case (5, .bytes(let histogram)): return Self.histogram(histogram).map { .histogram($0) }
        default: continue
        }
      }
      return nil
    }

    private static func image(_ bytes: ArraySlice<UInt8>) -> EventValue? {
      guard let fields = MessageFields(bytes) else { return nil }
      var (width, height, png) = (0, 0, [UInt8]())
      for field in fields.list {
        switch field {
        case (1, .varint(let number)): height = Int(truncatingIfNeeded: number)
        case (2, .varint(let number)): width = Int(truncatingIfNeeded: number)
        case (4, .bytes(let content)): png = Array(content)
        default: continue
        }
      }
      return .image(width: width, height: height, png: png)
    }

    private static func histogram(_ bytes: ArraySlice<UInt8>) -> Histogram? {
      guard let fields = MessageFields(bytes) else { return nil }
      var numbers = [Double](repeating: 0, count: 6)
      var (limits, buckets) = ([Double](), [Double]())
      for field in fields.list {
        switch field {
        case (1...5, .fixed64(let bits)): numbers[field.0] = Double(bitPattern: bits)
        case (6, .bytes(let packed)): limits = MessageFields.doubles(packed)
        case (7, .bytes(let packed)): buckets = MessageFields.doubles(packed)
        case (6, .fixed64(let bits)): limits.append(Double(bitPattern: bits))
        case (7, .fixed64(let bits)): buckets.append(Double(bitPattern: bits))
        default: continue
        }
      }
      guard limits.count == buckets.count else { return nil }
      return Histogram(
        least: numbers[1], greatest: numbers[2], count: numbers[3], sum: numbers[4],
        sumOfSquares: numbers[5], limits: limits, buckets: buckets)
    }
  }
}

/// The fields of a protocol buffer message, in order.
struct MessageFields {
  enum Content {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    case bytes(ArraySlice<UInt8>)
  }

  private(set) var list: [(number: Int, content: Content)] = []

  /// More fields than any message of ours or theirs has.
  private static let most = 1 << 18

  /// Nil if the bytes end within a field or are of a kind that does not exist.
  init?(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    while !rest.isEmpty {
      guard let key = Self.varint(&rest), let content = Self.content(key & 7, &rest) else {
        return nil
      }
      guard list.count < Self.most else { return nil }
      list.append((Int(truncatingIfNeeded: key >> 3), content))
    }
  }

  func text(_ number: Int) -> String? {
    for case (number, .bytes(let bytes)) in list { return String(decoding: bytes, as: UTF8.self) }
    return nil
  }

  static func doubles(_ packed: ArraySlice<UInt8>) -> [Double] {
    var rest = packed
    var result: [Double] = []
    while let bits = fixed(8, &rest) { result.append(Double(bitPattern: bits)) }
    return result
  }

  private static func content(_ kind: UInt64, _ rest: inout ArraySlice<UInt8>) -> Content? {
    switch kind {
    case 0: return varint(&rest).map { .varint($0) }
    case 1: return fixed(8, &rest).map { .fixed64($0) }
    case 5: return fixed(4, &rest).map { .fixed32(UInt32($0)) }
    case 2:
      guard let length = varint(&rest), length <= UInt64(rest.count) else { return nil }
      defer { rest = rest.dropFirst(Int(length)) }
      return .bytes(rest.prefix(Int(length)))
    default: return nil
    }
  }

  static func fixed(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> UInt64? {
    guard rest.count >= count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
    var number: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      number |= UInt64(byte & 0x7f) << shift
      if byte & 0x80 == 0 { return number }
    }
    return nil
  }
}
