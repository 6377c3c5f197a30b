/// The one number that a TensorFlow `TensorProto` holds.
///
/// Fields: 1 type, 2 shape, 4 content (raw, little-endian), 5 float, 6 double, 7 int, 10 int64,
/// 11 bool, 13 half, 16 uint32, 17 uint64 values, packed or one by one.
enum TensorMessage {
  /// `DataType` of TensorFlow.
  private enum Kind: UInt64 {
    case float = 1
    case double = 2
    case int32 = 3
    case uint8 = 4
    case int16 = 5
    case int8 = 6
    case int64 = 9
    case bool = 10
    case bfloat16 = 14
    case uint16 = 17
    case half = 19
    case uint32 = 22
    case uint64 = 23

    var size: Int {
      switch self {
      case .double, .int64, .uint64: 8
      case .float, .int32, .uint32: 4
      case .half, .bfloat16, .int16, .uint16: 2
      case .uint8, .int8, .bool: 1
      }
    }

    /// The field that holds values that are not raw.
    var field: Int {
      switch self {
      case .float: 5
      case .double: 6
      case .int32, .uint8, .int16, .int8, .uint16: 7
      case .int64: 10
      case .bool: 11
      case .half, .bfloat16: 13
      case .uint32: 16
      case .uint64: 17
      }
    }

    func number(_ bits: UInt64) -> Double {
      switch self {
      case .float: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
      case .double: Double(bitPattern: bits)
      case .int32: Double(Int32(truncatingIfNeeded: bits))
      case .int16: Double(Int16(truncatingIfNeeded: bits))
      case .int8: Double(Int8(truncatingIfNeeded: bits))
      case .int64: Double(Int64(bitPattern: bits))
      case .uint8: Double(UInt8(truncatingIfNeeded: bits))
      case .uint16: Double(UInt16(truncatingIfNeeded: bits))
      case .uint32: Double(UInt32(truncatingIfNeeded: bits))
      case .uint64: Double(bits)
      case .bool: bits == 0 ? 0 : 1
      case .half: TensorMessage.half(UInt16(truncatingIfNeeded: bits))
      case .bfloat16: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits & 0xffff) << 16))
      }
    }
  }

  /// Nil if it is a text, holds more than one number or none, or is no such message.
  static func number(_ bytes: ArraySlice<UInt8>) -> Double? {
    guard let fields = MessageFields(bytes) else { return nil }
    var kind: Kind?
    for field in fields.list {
      switch field {
      case (1, .varint(let number)): kind = Kind(rawValue: number)
      case (2, .bytes(let shape)): guard holdsOne(shape) else { return nil }
      default: break
      }
    }
    guard let kind else { return nil }
    var found: [Double] = []
    for (number, value) in fields.list {
      if number == 4, case .bytes(var content) = value, !content.isEmpty {
        guard content.count == kind.size else { return nil }
        MessageFields.fixed(kind.size, &content).map { found.append(kind.number($0)) }
      } else if number == kind.field {
        found += values(value, kind, atMost: 2)
      }
      guard found.count <= 1 else { return nil }
    }
    // A number that is 0 need not be written.
    return found.first ?? (isBare(fields) ? 0 : nil)
  }

  private static func isBare(_ fields: MessageFields) -> Bool {
    fields.list.allSatisfy { (1...3).contains($0.number) }
  }

  private static func values(
    _ value: MessageFields.Content, _ kind: Kind, atMost most: Int
  ) -> [Double] {
    switch value {
    case .varint(let bits), .fixed64(let bits): return [kind.number(bits)]
    case .fixed32(let bits): return [kind.number(UInt64(bits))]
    case .bytes(var packed):
      var values: [Double] = []
      while values.count < most, !packed.isEmpty {
        let bits =
          kind == .float || kind == .double
          ? MessageFields.fixed(kind.size, &packed) : MessageFields.varint(&packed)
        guard let bits else { break }
        values.append(kind.number(bits))
      }
      return values
    }
  }

  /// Whether all dimensions, of which there may be none, are 1.
  private static func holdsOne(_ shape: ArraySlice<UInt8>) -> Bool {
    guard let fields = MessageFields(shape) else { return false }
    for case (2, .bytes(let dimension)) in fields.list {
      guard let parts = MessageFields(dimension) else { return false }
      var size: UInt64 = 0
      for case (1, .varint(let number)) in parts.list { size = number }
      if size != 1 { return false }
    }
    return true
  }

  /// IEEE 754 half precision.
  static func half(_ bits: UInt16) -> Double {
    let exponent = Int(bits >> 10 & 31)
    let fraction = Double(bits & 1023)
    let size: Double
    switch exponent {
    case 0: size = fraction / 16_777_216
    case 31: size = fraction == 0 ? .infinity : .nan
    default:
      size = (1 + fraction / 1024) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
    }
    return bits >> 15 == 1 ? -size : size
  }
}
