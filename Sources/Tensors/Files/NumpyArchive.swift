/// The named arrays of NumPy's `.npz` format: a zip archive of `.npy` files, compressed or not.
package enum NumpyArchive {
  /// Throws `TensorFileError` with one line for whatever is wrong with the file.
  package static func read(_ path: String) throws -> [(name: String, array: StoredTensor)] {
    do {
      let bytes = try WholeFile.read(path)
      return try entries(of: bytes).map { name, content in
        (name, try NumpyFile(parsing: content).array)
      }
    } catch let problem as NumpyFile.Problem {
      throw TensorFileError.malformed(path: path, reason: problem.reason)
    }
  }

  /// What compressed archives may come to.
  private static let largestUnpacked = 1 << 30

  /// The files by the central directory, which alone has sizes to be trusted.
  private static func entries(of bytes: [UInt8]) throws -> [(name: String, content: [UInt8])] {
    let broken = NumpyFile.Problem(reason: "it is no readable zip archive")
    let tail = stride(from: bytes.count - 22, through: max(0, bytes.count - 65_557), by: -1)
    guard let end = tail.first(where: { number(bytes, $0, 4) == 0x0605_4b50 }),
      let count = number(bytes, end + 10, 2), var position = number(bytes, end + 16, 4)
    else { throw broken }
    var result: [(name: String, content: [UInt8])] = []
    var (total, unpacked) = (0, 0)
    for _ in 0..<count {
      guard number(bytes, position, 4) == 0x0201_4b50,
        let method = number(bytes, position + 10, 2), let size = number(bytes, position + 20, 4),
        let unpackedSize = number(bytes, position + 24, 4),
        let nameLength = number(bytes, position + 28, 2),
        let extraLength = number(bytes, position + 30, 2),
        let commentLength = number(bytes, position + 32, 2),
        let local = number(bytes, position + 42, 4),
        let name = slice(bytes, position + 46, nameLength)
      else { throw broken }
      guard method == 0 || method == 8 else {
        throw NumpyFile.Problem(reason: "it is compressed in a way that NumPy does not")
      }
      total += size
      unpacked += unpackedSize
      guard total <= bytes.count else {
        throw NumpyFile.Problem(reason: "its entries overlap")
      }
      guard unpacked <= max(bytes.count, Self.largestUnpacked) else {
        throw NumpyFile.Problem(reason: "it would fill more than 1 GiB unpacked")
      }
      guard let localName = number(bytes, local + 26, 2),
        let localExtra = number(bytes, local + 28, 2),
        let content = slice(bytes, local + 30 + localName + localExtra, size)
      else { throw broken }
      let array =
        method == 0 ? [UInt8](content) : try? Inflation.unpack(content, size: unpackedSize)
      guard let array else { throw broken }
      result.append((String(decoding: name, as: UTF8.self), array))
      position += 46 + nameLength + extraLength + commentLength
    }
    return result
  }

  private static func slice(_ bytes: [UInt8], _ start: Int, _ count: Int) -> ArraySlice<UInt8>? {
    start >= 0 && start + count <= bytes.count ? bytes[start..<start + count] : nil
  }

  /// A little-endian number; nil behind the end.
  private static func number(_ bytes: [UInt8], _ start: Int, _ size: Int) -> Int? {
    slice(bytes, start, size).map { $0.reversed().reduce(0) { $0 << 8 | Int($1) } }
  }
}
