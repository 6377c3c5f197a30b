import Glibc

/// Text for people or programs that read our output; nothing is lost silently.
enum StandardOutput {
  /// Writes all of it at once; a full disk behind the redirection is an error like any other.
  static func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let step = Glibc.write(
          STDOUT_FILENO, bytes.baseAddress?.advanced(by: done), bytes.count - done)
        if step < 0 && errno == EINTR { continue }
        guard step > 0 else { throw OutputLost(reason: String(cString: strerror(errno))) }
        done += step
      }
    }
  }

  static func writeLine(_ text: String) throws { try write(text + "\n") }

  static func writeLine(_ document: JSONObject) throws {
    try writeLine(JSONObject.Value.object(document).text)
  }
}

/// Nobody can take our output, so there is no use in going on.
struct OutputLost: Error, CustomStringConvertible {
  let reason: String

  var description: String { "the output could not be written: \(reason)." }
}

/// Messages for people, never a product.
enum StandardError {
  static func write(_ text: String) {
    var text = text
    text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// One line: a name with control characters in it must not command the terminal.
  static func writeLine(_ text: String) { write(text.onOneLine + "\n") }
}
