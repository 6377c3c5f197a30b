/// One array in NumPy's `.npy` format, row-major.
package struct NumpyFile: Sendable, Equatable {
  package var array: StoredTensor

  package init(_ array: StoredTensor) { self.array = array }

  /// Throws `TensorFileError` with one line for whatever is wrong with the file.
  package static func read(_ path: String) throws -> NumpyFile {
    do {
      return try NumpyFile(parsing: try WholeFile.read(path))
    } catch let problem as Problem {
      throw TensorFileError.malformed(path: path, reason: problem.reason)
    }
  }

  package func write(to path: String) throws {
    try WholeFile.write([Self.header(type: array.type, shape: array.shape), array.bytes], to: path)
  }

  package var bytes: [UInt8] {
    Self.header(type: array.type, shape: array.shape) + array.bytes
  }

  /// Version 1 of the format; writers of long arrays put this in front and stream the numbers.
  package static func header(type: ElementType, shape: [Int]) -> [UInt8] {
    guard let descriptor = descriptors[type] else {
      preconditionFailure("NumPy has no \(type.rawValue).")
    }
    let sides = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (\(sides)), }"
    text += String(repeating: " ", count: 63 - (text.utf8.count + 10) % 64) + "\n"
    return magic + [1, 0] + rawBytes([UInt16(text.utf8.count)]) + [UInt8](text.utf8)
  }

  private static let magic: [UInt8] = [0x93] + [UInt8]("NUMPY".utf8)

  private static let descriptors: [ElementType: String] = [
    .bool: "|b1", .uint8: "|u1", .int8: "|i1", .uint16: "<u2", .int16: "<i2", .uint32: "<u4",
    .int32: "<i4", .uint64: "<u8", .int64: "<i8", .float16: "<f2", .float32: "<f4",
    .float64: "<f8",
  ]
}

extension NumpyFile {
  struct Problem: Error {
    var reason: String
  }

  init(parsing bytes: [UInt8]) throws {
    guard bytes.count >= 10, bytes.starts(with: Self.magic) else {
      throw Problem(reason: "it does not begin like a .npy file")
    }
    guard (1...3).contains(bytes[6]) else {
      throw Problem(reason: "version \(bytes[6]) of the .npy format is unknown")
    }
    let lengthSize = bytes[6] == 1 ? 2 : 4
    guard bytes.count >= 8 + lengthSize else { throw Problem(reason: "its header breaks off") }
    let length = bytes[8..<8 + lengthSize].reversed().reduce(0) { $0 << 8 | Int($1) }
    let start = 8 + lengthSize + length
    guard start <= bytes.count else { throw Problem(reason: "its header breaks off") }
    let text = String(decoding: bytes[(8 + lengthSize)..<start], as: UTF8.self)
    let type = try Self.type(in: text)
    let shape = try Self.shape(in: text)
    let size = shape.reduce(type.size as Int?) { size, side in
      guard let (product, overflow) = size?.multipliedReportingOverflow(by: side), !overflow
      else { return nil }
      return product
    }
    guard size == bytes.count - start else {
      throw Problem(
        reason: "shape \(shape) of \(type.rawValue) does not fit its \(bytes.count - start) bytes")
    }
    array = StoredTensor(type: type, shape: shape, bytes: [UInt8](bytes[start...]))
  }

  private static func type(in header: String) throws -> ElementType {
    guard let order = value(of: "fortran_order", in: header), order.hasPrefix("False") else {
      throw Problem(reason: "it is stored column by column; save it in C order")
    }
    let text = value(of: "descr", in: header) ?? ""
    let name = text.drop { $0 == "'" || $0 == "\"" }.prefix { $0 != "'" && $0 != "\"" }
    // One byte has no order, whatever the sign before it says.
    let isByte = ["u1", "i1", "b1"].contains(name.suffix(2))
    let match = descriptors.first {
      isByte ? $0.value.suffix(2) == name.suffix(2) : $0.value == name
    }
    guard let match else {
      throw Problem(reason: "its numbers are \(String(name).quotedForMessage), which are not read")
    }
    return match.key
  }

  private static func shape(in header: String) throws -> [Int] {
    guard let text = value(of: "shape", in: header), text.hasPrefix("("),
      let end = text.firstIndex(of: ")")
    else { throw Problem(reason: "its header has no shape") }
    let parts = text[text.index(after: text.startIndex)..<end].split(separator: ",")
    let sides = parts.map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }.map { Int($0) }
    guard sides.allSatisfy({ ($0 ?? -1) >= 0 }) else {
      throw Problem(reason: "its header has an impossible shape")
    }
    return sides.compactMap { $0 }
  }

  /// What stands behind `'key':` in the header, a Python dictionary in text.
  private static func value(of key: String, in header: String) -> Substring? {
    for quote in ["'", "\""] {
      guard let range = header.firstRange(of: quote + key + quote) else { continue }
      let rest = header[range.upperBound...].drop { $0 == " " }
      guard rest.first == ":" else { continue }
      return rest.dropFirst().drop { $0 == " " }
    }
    return nil
  }
}
