import FoundationEssentials

/// The commit that the source tree stands at, so that a run can be repeated.
enum SourceRevision {
  /// Nil where the program has left the tree that it was built in.
  static func current() -> String? {
    let root = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
      url.deletingLastPathComponent()
    }
    return read(repository: root.path + "/.git")
  }

  /// Follows `HEAD` of a `.git` folder, or of the folder that a `.git` file names.
  static func read(repository: String) -> String? {
    if let pointer = line(repository), pointer.hasPrefix("gitdir: ") {
      return read(repository: String(pointer.dropFirst("gitdir: ".count)))
    }
    guard let head = line(repository + "/HEAD") else { return nil }
    guard head.hasPrefix("ref: ") else { return head }
    let name = String(head.dropFirst("ref: ".count))
    let common = line(repository + "/commondir").map { "\(repository)/\($0)" } ?? repository
    return line("\(common)/\(name)") ?? packed(name, repository: common)
  }

  private static func packed(_ name: String, repository: String) -> String? {
    text(repository + "/packed-refs")?.split(separator: "\n").first { $0.hasSuffix(" " + name) }?
      .split(separator: " ").first.map(String.init)
  }

  private static func line(_ path: String) -> String? {
    text(path)?.split(separator: "\n").first.map(String.init)
  }

  private static func text(_ path: String) -> String? {
    (try? Data(contentsOf: URL(fileURLWithPath: path))).map { String(decoding: $0, as: UTF8.self) }
  }
}
