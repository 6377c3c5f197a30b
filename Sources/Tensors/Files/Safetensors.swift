import Glibc

/// Named tensors with string metadata in a `.safetensors` file.
///
/// Layout: u64 little-endian N, N bytes of JSON, then the data; offsets count from the end of the
/// header, without holes or overlaps. The reader takes nothing in the file on trust.
package struct SafetensorsFile: Sendable, Equatable {
  package var metadata: [String: String]
  package var tensors: [String: StoredTensor]

  package init(metadata: [String: String] = [:], tensors: [String: StoredTensor] = [:]) {
    self.metadata = metadata
    self.tensors = tensors
  }

  /// Throws `TensorFileError` with one line for whatever is wrong with the file.
  package static func read(_ path: String) throws -> SafetensorsFile {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw WholeFile.unreadable(path) }
    defer { close(descriptor) }
    let size = try WholeFile.regularFileSize(descriptor, path: path)
    let header = try readHeader(descriptor, fileSize: size, path: path)
    var file = SafetensorsFile(metadata: header.metadata)
    for entry in header.entries {
      let bytes = try WholeFile.bytes(of: descriptor, count: entry.end - entry.begin, path: path)
      file.tensors[entry.name] = StoredTensor(type: entry.type, shape: entry.shape, bytes: bytes)
    }
    return file
  }

  /// Replaces `path` at once; equal contents give equal bytes.
  package func write(to path: String) throws {
    let names = canonicalNames
    let header = SafetensorsHeader.bytes(metadata: metadata, names: names, tensors: tensors)
    try WholeFile.write([header] + names.compactMap { tensors[$0]?.bytes }, to: path)
  }

  /// The whole file in memory.
  package var bytes: [UInt8] {
    let names = canonicalNames
    let header = SafetensorsHeader.bytes(metadata: metadata, names: names, tensors: tensors)
    return names.reduce(into: header) { $0 += tensors[$1]?.bytes ?? [] }
  }

  /// Later element types first, then by name: the reference implementation's order, which keeps
  /// every tensor aligned.
  private var canonicalNames: [String] {
    tensors.sorted { left, right in
      left.value.type == right.value.type
        ? left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
        : left.value.type > right.value.type
    }.map(\.key)
  }

  private static func readHeader(_ descriptor: Int32, fileSize: Int, path: String) throws
    -> SafetensorsHeader
  {
    func malformed(_ reason: String) -> TensorFileError { .malformed(path: path, reason: reason) }
    guard fileSize >= 8 else { throw malformed("it is shorter than a safetensors header") }
    let lengthBytes = try WholeFile.bytes(of: descriptor, count: 8, path: path)
    let length = lengthBytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= 100_000_000 else {
      throw malformed("its header claims \(length) bytes, and 100 MB is the most allowed")
    }
    guard Int(length) <= fileSize - 8 else {
      throw malformed("its header claims \(length) bytes, more than the file has")
    }
    let text = try WholeFile.bytes(of: descriptor, count: Int(length), path: path)
    do {
      let header = try SafetensorsHeader(parsing: text)
      try header.checkLayout(dataSize: fileSize - 8 - Int(length))
      return header
    } catch let problem as SafetensorsHeader.Problem {
      throw malformed(problem.reason)
    }
  }
}
