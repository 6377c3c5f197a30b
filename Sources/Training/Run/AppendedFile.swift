import Glibc

/// Files that grow while others read them.
enum AppendedFile {
  /// Adds bytes with one write, so that a reader sees whole records but for the last; the rest of a
  /// write that was cut short follows, or fails with the reason why.
  static func append(_ bytes: [UInt8], to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw failure(path, code: errno) }
    defer { close(file) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure(path, code: count == 0 ? ENOSPC : errno) }
      rest = rest.dropFirst(count)
    }
  }

  private static func failure(_ path: String, code: Int32) -> TrainingError {
    .unwritable(path: path, reason: String(cString: strerror(code)))
  }
}
