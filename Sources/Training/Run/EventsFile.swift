import Tensors

/// What an event says about one tag.
package enum EventValue: Sendable, Equatable {
  case scalar(Double)
  case histogram(Histogram)
  /// A whole PNG file.
  case image(width: Int, height: Int, png: [UInt8])
}

/// A TensorBoard event file of one run: the numbers of `metrics.jsonl` under the same names, and
/// histograms and pictures beside them.
///
/// Record: u64 length, masked CRC-32C of the length, data, masked CRC-32C of the data, little-endian;
/// the data is a protocol buffer `Event`. The first record names the format.
struct EventsFile {
  let path: String

  /// Drops the records behind a step, and what a killed process left unfinished; a file that is not
  /// there or no event file is made anew from the numbers.
  func truncate(after step: Int, steps: [StepMetrics]) throws {
    let bytes = (try? WholeFile.read(path)) ?? []
    var reader = EventRecords(bytes)
    guard reader.next()?.event?.version != nil else { return try rewrite(steps) }
    var end = reader.offset
    while let record = reader.next() {
      guard let event = record.event, event.step <= step else { break }
      end = reader.offset
    }
    try WholeFile.write([Array(bytes[..<end])], to: path)
  }

  private func rewrite(_ steps: [StepMetrics]) throws {
    var records = [Self.record(Self.header)]
    for step in steps { records.append(Self.record(Self.event(step))) }
    try WholeFile.write(records, to: path)
  }

  func append(_ step: StepMetrics, more: [(tag: String, value: EventValue)] = []) throws {
    let values = step.scalars.map { ($0.tag, EventValue.scalar($0.value)) } + more
    try AppendedFile.append(
      Self.record(Self.event(time: step.time, step: step.step, values: values)), to: path)
  }

  // MARK: Records

  /// Wall time 1 and the format's name, as TensorFlow writes them.
  static let header: [UInt8] =
    [0x09] + bytes(Double(1).bitPattern) + field(0x1a, Array("brain.Event:2".utf8))

  static func record(_ data: [UInt8]) -> [UInt8] {
    let length = bytes(UInt64(data.count))
    return length + bytes(maskedChecksum(length)) + data + bytes(maskedChecksum(data))
  }

  /// One event with all scalars of a step.
  static func event(_ step: StepMetrics) -> [UInt8] {
    event(time: step.time, step: step.step, step.scalars)
  }

  static func event(time: Double, step: Int, _ scalars: [(tag: String, value: Double)]) -> [UInt8] {
    event(time: time, step: step, values: scalars.map { ($0.tag, .scalar($0.value)) })
  }

  static func event(
    time: Double, step: Int, values: [(tag: String, value: EventValue)]
  ) -> [UInt8] {
    var summary: [UInt8] = []
    for (tag, value) in values {
      summary += field(0x0a, field(0x0a, Array(tag.utf8)) + content(of: value))
    }
    return [0x09] + bytes(time.bitPattern) + [0x10] + varint(UInt64(bitPattern: Int64(step)))
      + field(0x2a, summary)
  }

  /// The number, picture or histogram within a summary's value.
  private static func content(of value: EventValue) -> [UInt8] {
    switch value {
    case .scalar(let number): return [0x15] + bytes(Float(number).bitPattern)
    case .image(let width, let height, let png):
      let size = [0x08] + varint(UInt64(height)) + [0x10] + varint(UInt64(width))
      return field(0x22, size + [0x18, 3] + field(0x22, png))
    case .histogram(let histogram):
      let numbers = [
        histogram.least, histogram.greatest, histogram.count, histogram.sum,
        histogram.sumOfSquares,
      ]
      var content: [UInt8] = []
      for (index, number) in numbers.enumerated() {
        content += [UInt8(index + 1) << 3 | 1] + bytes(number.bitPattern)
      }
      content += field(0x32, histogram.limits.flatMap { bytes($0.bitPattern) })
      content += field(0x3a, histogram.buckets.flatMap { bytes($0.bitPattern) })
      return field(0x2a, content)
    }
  }

  // MARK: Protocol buffers

  private static func field(_ key: UInt8, _ content: [UInt8]) -> [UInt8] {
    [key] + varint(UInt64(content.count)) + content
  }

  private static func varint(_ number: UInt64) -> [UInt8] {
    var rest = number
    var result: [UInt8] = []
    while rest >= 0x80 {
      result.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    return result + [UInt8(rest)]
  }

  private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  // MARK: Checksums

  /// CRC-32C, turned right by 15 bits and shifted by a constant.
  static func maskedChecksum(_ bytes: [UInt8]) -> UInt32 { maskedChecksum(bytes[...]) }

  static func maskedChecksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    let sum = checksum(bytes)
    return ((sum >> 15) | (sum << 17)) &+ 0xa282_ead8
  }

  /// CRC-32C (Castagnoli), reflected.
  static func checksum(_ bytes: [UInt8]) -> UInt32 { checksum(bytes[...]) }

  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { sum, byte in
      table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ (sum >> 8)
    }
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { rest, _ in
      rest & 1 == 1 ? (rest >> 1) ^ 0x82f6_3b78 : rest >> 1
    }
  }
}
