import Glibc

/// Reads and replaces whole files: what is half written is never seen under the final name.
package enum WholeFile {
  /// The most bytes of one file that are held at once: half of the machine's memory, 16 GiB at most.
  package static let largest = min(
    16 << 30, sysconf(Int32(_SC_PHYS_PAGES)) / 2 * sysconf(Int32(_SC_PAGESIZE)))

  /// All bytes of a regular file; `limit` bounds what a hostile path can make us hold.
  package static func read(_ path: String, limit: Int = largest) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw unreadable(path) }
    defer { close(descriptor) }
    let size = try regularFileSize(descriptor, path: path, limit: limit)
    return try bytes(of: descriptor, count: size, path: path)
  }

  /// Writes the parts one after the other under a temporary name, then renames it to `path`.
  package static func write(_ parts: [[UInt8]], to path: String) throws {
    var status = stat()
    guard stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG else {
      let reason = "it is not a plain file; give another name"
      throw TensorFileError.unwritable(path: path, reason: reason)
    }
    let temporary = "\(path).\(getpid()).partial"
    UnfinishedPaths.insert(temporary)
    defer { UnfinishedPaths.forget(temporary) }
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw unwritable(path) }
    do {
      for part in parts { try append(part, to: descriptor, path: path) }
      guard fsync(descriptor) == 0 || errno == EINVAL else { throw unwritable(path) }
    } catch {
      close(descriptor)
      unlink(temporary)
      throw error
    }
    guard close(descriptor) == 0, rename(temporary, path) == 0 else {
      let failure = unwritable(path)
      unlink(temporary)
      throw failure
    }
  }

  static func regularFileSize(_ descriptor: Int32, path: String, limit: Int = largest) throws
    -> Int
  {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unreadable(path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let reason = status.st_mode & S_IFMT == S_IFDIR ? "it is a folder" : "it is not a plain file"
      throw TensorFileError.unreadable(path: path, reason: reason)
    }
    let size = Int(status.st_size)
    guard size <= limit else {
      let reason = "it has \(size) bytes and at most \(limit) are read"
      throw TensorFileError.unreadable(path: path, reason: reason)
    }
    return size
  }

  /// The next `count` bytes; a file that ends before has shrunk under us.
  static func bytes(of descriptor: Int32, count: Int, path: String) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      while initialized < count {
        let rest = buffer.baseAddress?.advanced(by: initialized)
        let step = Glibc.read(descriptor, rest, min(count - initialized, 1 << 30))
        if step < 0 && errno == EINTR { continue }
        guard step >= 0 else { throw unreadable(path) }
        guard step > 0 else {
          throw TensorFileError.unreadable(path: path, reason: "it ended while being read")
        }
        initialized += step
      }
    }
  }

  static func unreadable(_ path: String) -> TensorFileError {
    .unreadable(path: path, reason: String(cString: strerror(errno)).lowercasedFirst)
  }

  private static func append(_ part: [UInt8], to descriptor: Int32, path: String) throws {
    try part.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let step = Glibc.write(
          descriptor, buffer.baseAddress?.advanced(by: done), part.count - done)
        if step < 0 && errno == EINTR { continue }
        guard step > 0 else { throw unwritable(path) }
        done += step
      }
    }
  }

  private static func unwritable(_ path: String) -> TensorFileError {
    .unwritable(path: path, reason: String(cString: strerror(errno)).lowercasedFirst)
  }
}

extension String {
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
