import Glibc

/// Reads `.theme` files: `role = "#RRGGBB"`, one a line, `#` before a comment.
package enum ThemeFile {
  package static func read(_ path: String) throws -> Theme {
    guard let text = contents(of: path) else { throw ThemeError.unreadable(path) }
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let name = file.hasSuffix(".theme") ? String(file.dropLast(6)) : file
    return try parse(text, name: name, path: path)
  }

  package static func parse(_ text: String, name: String, path: String) throws -> Theme {
    var colors: [ThemeRole: RGB] = [:]
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let line = line.drop { $0 == " " || $0 == "\t" }
      if line.isEmpty || line.first == "#" || line.first == "\r" { continue }
      let place = "\(path):\(index + 1)"
      let parts = line.split(separator: "=", maxSplits: 1)
      let key = parts[0].filter { $0 != " " && $0 != "\t" }
      guard let role = ThemeRole(rawValue: key) else {
        throw ThemeError.unknownRole(place, key, nearest: nearest(to: key))
      }
      guard parts.count == 2, let color = color(parts[1]) else {
        throw ThemeError.badColor(place, key)
      }
      colors[role] = color
    }
    let all = try ThemeRole.ordered.map { role in
      guard let color = colors[role] else { throw ThemeError.missingRole(path, role.rawValue) }
      return color
    }
    return Theme(name: name, colors: all)
  }

  /// From `"#RRGGBB"` and whatever stands around it.
  private static func color(_ text: Substring) -> RGB? {
    let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
    guard parts.count >= 3, parts[1].first == "#", parts[1].count == 7,
      let packed = UInt32(parts[1].dropFirst(), radix: 16)
    else { return nil }
    return RGB(packed: packed)
  }

  private static func nearest(to name: String) -> String {
    ThemeRole.ordered.map(\.rawValue).min { $0.distance(to: name) < $1.distance(to: name) } ?? ""
  }

  private static func contents(of path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 64 * 1_024)
    let count = fread(&bytes, 1, bytes.count, file)
    guard count > 0 || ferror(file) == 0 else { return nil }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}

extension String {
  /// Letters to insert, delete or replace to come to `other` (Levenshtein).
  func distance(to other: String) -> Int {
    let (one, two) = (Array(utf8), Array(other.utf8))
    var row = Array(0...two.count)
    for (i, letter) in one.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, counterpart) in two.enumerated() {
        let replaced = diagonal + (letter == counterpart ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = Swift.min(replaced, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[two.count]
  }
}

package enum ThemeError: Error, Hashable, CustomStringConvertible {
  case unreadable(String)
  case unknownRole(String, String, nearest: String)
  case missingRole(String, String)
  case badColor(String, String)
  case unknownTheme(String, known: [String])

  package var description: String {
    switch self {
    case .unreadable(let path): "\(path): this theme cannot be read."
    case .unknownRole(let place, let name, let nearest):
      "\(place): there is no role \"\(name)\"; the nearest is \"\(nearest)\"."
    case .missingRole(let path, let name): "\(path): the role \"\(name)\" is missing."
    case .badColor(let place, let name): "\(place): write \(name) = \"#RRGGBB\"."
    case .unknownTheme(let name, let known):
      "There is no theme \"\(name)\"; known are \(known.joined(separator: ", "))."
    }
  }
}
