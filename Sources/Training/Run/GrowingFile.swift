import Glibc

/// Reads what was added to a file since it was last asked: the cost is that of the new bytes.
///
/// A file that was cut, replaced or rewritten is read again from its start.
struct GrowingFile: Sendable {
  let path: String
  private var offset = 0
  private var inode: UInt = 0
  private var size = 0
  /// The last bytes before `offset`: a file that was rewritten has others there.
  private var mark: [UInt8] = []

  init(path: String) { self.path = path }

  /// How many bytes were read of how many there were when it was last looked at.
  var extent: (read: Int, size: Int) { (offset, max(offset, size)) }

  struct Growth {
    /// The bytes from here on replace everything that was read before.
    var isRestarted = false
    var bytes: [UInt8] = []
  }

  /// - Parameter limit: the most bytes to read at once; the rest comes the next time.
  mutating func read(limit: Int = .max) -> Growth {
    var growth = Growth()
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      // Gone, perhaps between two names: what was read stays till something else is there.
      return growth
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return growth }
    if isAnother(file, status) {
      growth.isRestarted = offset > 0
      offset = 0
      mark = []
    }
    inode = status.st_ino
    size = Int(status.st_size)
    growth.bytes = Self.bytes(
      of: file, from: offset, count: min(limit, Int(status.st_size) - offset))
    offset += growth.bytes.count
    mark = Array((mark + growth.bytes.suffix(64)).suffix(64))
    return growth
  }

  /// Takes back the last bytes, to be read again.
  mutating func unread(_ bytes: some Collection<UInt8>) {
    offset -= bytes.count
    mark = []
  }

  private func isAnother(_ file: Int32, _ status: stat) -> Bool {
    guard offset > 0 else { return false }
    if status.st_ino != inode || Int(status.st_size) < offset { return true }
    return Self.bytes(of: file, from: offset - mark.count, count: mark.count) != mark
  }

  private static func bytes(of file: Int32, from offset: Int, count: Int) -> [UInt8] {
    guard count > 0 else { return [] }
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      while done < count {
        let step = pread(file, buffer.baseAddress?.advanced(by: done), count - done, offset + done)
        if step < 0 && errno == EINTR { continue }
        guard step > 0 else { return }
        done += step
      }
    }
  }
}

/// The whole lines that were added to a file; a last line without its end waits for the rest.
package struct GrowingLines: Sendable {
  private var file: GrowingFile
  /// The line that has no end yet.
  package private(set) var unfinished: [UInt8] = []

  package init(path: String) { file = GrowingFile(path: path) }

  var extent: (read: Int, size: Int) { file.extent }

  package struct Growth {
    /// The lines from here on replace all that were read before.
    package var isRestarted = false
    package var hasBytes = false
    package var lines: [[UInt8]] = []
  }

  /// The rest of the line, when it comes, counts as a line.
  package mutating func dropUnfinished() { unfinished = [] }

  package mutating func read(limit: Int = .max) -> Growth {
    let growth = file.read(limit: limit)
    if growth.isRestarted { unfinished = [] }
    var result = Growth(isRestarted: growth.isRestarted, hasBytes: !growth.bytes.isEmpty)
    var start = growth.bytes.startIndex
    while let end = growth.bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      result.lines.append(unfinished + growth.bytes[start..<end])
      unfinished = []
      start = end + 1
    }
    unfinished += growth.bytes[start...]
    return result
  }
}
