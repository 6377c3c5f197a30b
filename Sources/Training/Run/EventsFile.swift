import Tensors

/// A TensorBoard event file of one run: the numbers of `metrics.jsonl` under the same names.
///
/// Record: u64 length, masked CRC-32C of the length, data, masked CRC-32C of the data, little-endian;
/// the data is a protocol buffer `Event`. The first record names the format.
struct EventsFile {
  let path: String

  /// Replaces the file by the events of these steps.
  func rewrite(_ steps: [StepMetrics]) throws {
    var records = [Self.record(Self.header)]
    for step in steps { records.append(Self.record(Self.event(step))) }
    try WholeFile.write(records, to: path)
  }

  func append(_ step: StepMetrics) throws {
    try AppendedFile.append(Self.record(Self.event(step)), to: path)
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
    var summary: [UInt8] = []
    for (tag, value) in scalars {
      let number = [0x15] + bytes(Float(value).bitPattern)
      summary += field(0x0a, field(0x0a, Array(tag.utf8)) + number)
    }
    return [0x09] + bytes(time.bitPattern) + [0x10] + varint(UInt64(bitPattern: Int64(step)))
      + field(0x2a, summary)
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
  static func maskedChecksum(_ bytes: [UInt8]) -> UInt32 {
    let sum = checksum(bytes)
    return ((sum >> 15) | (sum << 17)) &+ 0xa282_ead8
  }

  /// CRC-32C (Castagnoli), reflected.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
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

extension StepMetrics {
  /// Every number with its name in the JSON, parts joined by slashes; levels by their number.
  var scalars: [(tag: String, value: Double)] {
    var scalars: [(tag: String, value: Double)] = [
      ("loss", loss), ("learning_rate", learningRate), ("gradient_norm", gradientNorm),
      ("data_wait_seconds", dataWaitSeconds), ("frames_per_second", framesPerSecond),
    ]
    for (name, term) in terms.sorted(by: { $0.key < $1.key }) {
      scalars.append(("terms/\(name)/value", term.value))
      scalars.append(("terms/\(name)/weight", term.weight))
    }
    for (index, level) in levels.enumerated() {
      let name = "levels/\(index + 1)"
      scalars.append(("\(name)/used", Double(level.used)))
      scalars.append(("\(name)/ceiling", level.ceiling))
      scalars.append(("\(name)/in_reach", level.inReach))
      scalars.append(("\(name)/residual_rms", level.residualRMS))
      for (bit, entropy) in level.bitEntropy.enumerated() {
        scalars.append(("\(name)/bit_entropy/\(bit)", entropy))
      }
    }
    if let validation {
      scalars.append(("validation/loss", validation.loss))
      scalars.append(("validation/psnr", validation.psnr))
      for (index, usage) in validation.usage.enumerated() {
        scalars.append(("validation/usage/\(index + 1)", usage))
      }
    }
    return scalars
  }
}
