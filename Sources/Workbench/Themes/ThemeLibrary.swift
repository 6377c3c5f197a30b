import Glibc

/// Finds themes by name.
///
/// Looked up in `--theme-dir`, `$XDG_CONFIG_HOME/pyratok/themes`, `../share/pyratok/themes` beside
/// the executable, `themes` of the source tree; last come the compiled-in ones.
package struct ThemeLibrary {
  package static let builtIn: [Theme] = [.dark, .light]

  private let folders: [String]

  package init(themeFolder: String? = nil) {
    var folders: [String] = []
    if let themeFolder { folders.append(themeFolder) }
    if let home = Self.configurationFolder { folders.append(home + "/pyratok/themes") }
    if let executable = Self.executableFolder {
      folders.append(executable + "/../share/pyratok/themes")
      // A build folder lies at most a few levels below the root of the source tree.
      for depth in 1...5 {
        folders.append(executable + String(repeating: "/..", count: depth) + "/themes")
      }
    }
    self.folders = folders
  }

  /// The theme of a name, or of a path that ends in `.theme`.
  package func load(_ name: String) throws -> Theme {
    if name.hasSuffix(".theme") { return try ThemeFile.read(name) }
    for folder in folders {
      let path = "\(folder)/\(name).theme"
      if access(path, R_OK) == 0 { return try ThemeFile.read(path) }
    }
    guard let theme = Self.builtIn.first(where: { $0.name == name }) else {
      throw ThemeError.unknownTheme(name, known: names)
    }
    return theme
  }

  /// All that `load` knows, in alphabetical order.
  package var names: [String] {
    var names = Set(Self.builtIn.map(\.name))
    for folder in folders {
      guard let handle = opendir(folder) else { continue }
      defer { closedir(handle) }
      while let entry = readdir(handle) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name.hasSuffix(".theme") { names.insert(String(name.dropLast(6))) }
      }
    }
    return names.sorted()
  }

  private static var configurationFolder: String? {
    if let folder = getenv("XDG_CONFIG_HOME") { return String(cString: folder) }
    return getenv("HOME").map { String(cString: $0) + "/.config" }
  }

  private static var executableFolder: String? {
    var buffer = [CChar](repeating: 0, count: 4_096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0, let slash = buffer[..<max(0, count)].lastIndex(of: 0x2f) else { return nil }
    return String(decoding: buffer[..<slash].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
