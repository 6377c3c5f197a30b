import Glibc

/// Files that grow while others read them.
enum AppendedFile {
  /// Adds bytes with one write, so that a reader sees whole records but for the last; the rest of a
  /// write that was cut short follows, or fails with the reason why.
  static func append(_ bytes: [UInt8], to path: String) throws {
    let file = try opened(path)
    defer { close(file) }
    try write(bytes, to: file, path: path)
  }

  /// Adds a line to a file that other processes add lines to as well.
  ///
  /// What a writer left unfinished before becomes a line of its own.
  static func appendLine(_ line: [UInt8], to path: String) throws {
    let file = try opened(path)
    defer { close(file) }
    lock(file)
    let newline = UInt8(ascii: "\n")
    var last = newline
    let size = lseek(file, 0, SEEK_END)
    if size > 0 { pread(file, &last, 1, size - 1) }
    try write((last == newline ? [] : [newline]) + line + [newline], to: file, path: path)
  }

  /// Waits a little for other writers; one that hangs does not hang us, for small writes at the end
  /// of a file do not mix.
  private static func lock(_ file: Int32) {
    for _ in 0..<50 {
      if flock(file, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK { return }
      usleep(1000)
    }
  }

  private static func opened(_ path: String) throws -> Int32 {
    let file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw failure(path, code: errno) }
    return file
  }

  private static func write(_ bytes: [UInt8], to file: Int32, path: String) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure(path, code: count == 0 ? ENOSPC : errno) }
      rest = rest.dropFirst(count)
    }
  }

  private static func failure(_ path: String, code: Int32) -> TrainingError {
    .unwritable(path: path, reason: String(cString: strerror(code)))
  }
}
