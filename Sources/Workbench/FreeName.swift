import Glibc

/// Names that no file has yet.
enum FreeName {
  /// The name with a number before its ending; nil if it is free itself, or no such name is.
  static func like(_ name: String) -> String? {
    guard isTaken(name) else { return nil }
    let dot = name.lastIndex(of: ".") ?? name.endIndex
    return (2...999).lazy.map { "\(name[..<dot])-\($0)\(name[dot...])" }
      .first { !isTaken($0) }
  }

  /// Links that lead nowhere, too.
  private static func isTaken(_ name: String) -> Bool {
    var status = stat()
    return lstat(name, &status) == 0
  }
}
