/// A tensor as it lies in a file: element type, shape and little-endian bytes, row-major.
package struct StoredTensor: Sendable, Equatable {
  package let type: ElementType
  package let shape: [Int]
  package let bytes: [UInt8]

  package var count: Int { shape.reduce(1, *) }

  package init(type: ElementType, shape: [Int], bytes: [UInt8]) {
    precondition(
      shape.reduce(1, *) * type.size == bytes.count,
      "\(bytes.count) bytes cannot hold \(shape) of \(type.rawValue).")
    self.type = type
    self.shape = shape
    self.bytes = bytes
  }

  /// Floats written as F32, F16 or BF16; halves are rounded to nearest, ties to even.
  package init(_ values: [Float], shape: [Int], as type: ElementType = .float32) {
    switch type {
    case .float32: self.init(type: type, shape: shape, bytes: rawBytes(values))
    case .float16:
      self.init(type: type, shape: shape, bytes: rawBytes(values.map(HalfPrecision.float16Bits)))
    case .bfloat16:
      self.init(type: type, shape: shape, bytes: rawBytes(values.map(HalfPrecision.bfloat16Bits)))
    default: preconditionFailure("Floats are not written as \(type.rawValue).")
    }
  }

  package init(_ values: [UInt8], shape: [Int]) {
    self.init(type: .uint8, shape: shape, bytes: values)
  }

  package init(_ values: [UInt16], shape: [Int]) {
    self.init(type: .uint16, shape: shape, bytes: rawBytes(values))
  }

  package init(_ values: [UInt32], shape: [Int]) {
    self.init(type: .uint32, shape: shape, bytes: rawBytes(values))
  }

  package init(_ values: [Int64], shape: [Int]) {
    self.init(type: .int64, shape: shape, bytes: rawBytes(values))
  }

  package init(_ values: [Double], shape: [Int]) {
    self.init(type: .float64, shape: shape, bytes: rawBytes(values))
  }

  /// The numbers of a floating-point tensor; nil for every other type.
  package var floats: [Float]? {
    switch type {
    case .float32: elements(Float.self)
    case .float16: elements(UInt16.self).map(HalfPrecision.float)
    case .bfloat16: elements(UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
    case .float64: elements(Double.self).map(Float.init)
    default: nil
    }
  }

  /// The numbers of a floating-point tensor in double precision; nil for every other type.
  package var doubles: [Double]? {
    type == .float64 ? elements(Double.self) : floats?.map(Double.init)
  }

  /// The numbers of an integer tensor; nil for other types and for numbers above 2⁶³ − 1.
  package var integers: [Int]? {
    switch type {
    case .bool, .uint8: bytes.map(Int.init)
    case .int8: elements(Int8.self).map(Int.init)
    case .int16: elements(Int16.self).map(Int.init)
    case .uint16: elements(UInt16.self).map(Int.init)
    case .int32: elements(Int32.self).map(Int.init)
    case .uint32: elements(UInt32.self).map(Int.init)
    case .int64: elements(Int64.self).map(Int.init)
    case .uint64: wholeNumbers(elements(UInt64.self))
    default: nil
    }
  }

  /// Whether a floating-point tensor holds a NaN or an infinity; false for integers.
  package var hasNonFinite: Bool {
    switch type {
    case .float16: elements(UInt16.self).contains { $0 & 0x7c00 == 0x7c00 }
    case .bfloat16: elements(UInt16.self).contains { $0 & 0x7f80 == 0x7f80 }
    case .float32: elements(UInt32.self).contains { $0 & 0x7f80_0000 == 0x7f80_0000 }
    case .float64: elements(Double.self).contains { !$0.isFinite }
    default: false
    }
  }

  private func wholeNumbers(_ values: [UInt64]) -> [Int]? {
    values.contains { $0 > UInt64(Int.max) } ? nil : values.map(Int.init)
  }

  /// The bytes as numbers of this machine (little-endian, as the file).
  private func elements<Element: BitwiseCopyable>(_: Element.Type) -> [Element] {
    let count = bytes.count / MemoryLayout<Element>.stride
    return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
      initialized = count
    }
  }
}

/// The bytes of numbers, little-endian on the machines this package runs on.
func rawBytes<Element: BitwiseCopyable>(_ values: [Element]) -> [UInt8] {
  values.withUnsafeBytes { [UInt8]($0) }
}
