/// What is wrong with a file of tensors, in one line for the person at the keyboard.
package enum TensorFileError: Error, Equatable, CustomStringConvertible {
  case unreadable(path: String, reason: String)
  case malformed(path: String, reason: String)
  case unwritable(path: String, reason: String)

  package var description: String {
    switch self {
    case .unreadable(let path, let reason): "Cannot read \(path): \(reason)."
    case .malformed(let path, let reason): "\(path) is not a usable file: \(reason)."
    case .unwritable(let path, let reason): "Cannot write \(path): \(reason)."
    }
  }
}

extension String {
  /// Without control characters, so that names and reasons stay text on a terminal.
  package var onOneLine: String {
    guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      return self
    }
    return unicodeScalars.map {
      $0.properties.generalCategory == .control ? "?" : String($0)
    }.joined()
  }

  /// A name from a file, fit for one line of a terminal: no control characters, at most 80 letters.
  package var quotedForMessage: String {
    let letters = unicodeScalars.prefix(80).map { scalar in
      scalar.properties.generalCategory == .control ? "?" : String(scalar)
    }
    return "“" + letters.joined() + (unicodeScalars.count > 80 ? "…" : "") + "”"
  }
}
