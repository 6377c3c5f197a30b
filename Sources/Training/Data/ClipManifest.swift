import FoundationEssentials
import Glibc
import Tensors

/// A list of clips with captions: `.json` (a list of objects), `.jsonl` (one object a line) or `.csv`
/// (a header line), each with the fields `path` and `caption`.
package struct ClipManifest: Sendable, Equatable {
  package struct Entry: Sendable, Equatable, Codable {
    package var path: String
    package var caption: String

    package init(path: String, caption: String) {
      self.path = path
      self.caption = caption
    }
  }

  package let path: String
  /// At least one; paths are made absolute from the manifest's folder.
  package let entries: [Entry]
  /// Clips that have no caption.
  package let captionless: [SkippedClip]

  /// A line as it stands; what it lacks is empty.
  private struct Line: Decodable {
    var path: String
    var caption: String

    enum CodingKeys: String, CodingKey {
      case path
      case caption
    }

    init(path: String, caption: String) {
      self.path = path
      self.caption = caption
    }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      path = try fields.decode(String.self, forKey: .path)
      caption = try fields.decodeIfPresent(String.self, forKey: .caption) ?? ""
    }
  }

  package init(path: String) throws {
    let bytes: [UInt8]
    do {
      bytes = try WholeFile.read(path, limit: 1 << 28)
    } catch {
      throw TrainingError.badManifest(
        path: path,
        reason: access(path, F_OK) == 0
          ? "it cannot be read"
          : "there is no such file; list clips in it, each with its path and caption")
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let listed: [Line]
    switch path.split(separator: ".").last {
    case "json": listed = try Self.decode([Line].self, text[...], path, place: "it")
    case "jsonl":
      listed = try text.split(whereSeparator: \.isNewline).enumerated().map { number, line in
        try Self.decode(Line.self, line, path, place: "line \(number + 1)")
      }
    case "csv": listed = try Self.commaSeparated(text, path)
    default:
      throw TrainingError.badManifest(
        path: path, reason: "it does not end in .json, .jsonl or .csv")
    }
    guard !listed.isEmpty else {
      throw TrainingError.badManifest(path: path, reason: "it lists no clips")
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    let all = listed.map {
      Entry(
        path: URL(fileURLWithPath: $0.path, relativeTo: folder).standardizedFileURL.path,
        caption: $0.caption.trimming(while: \.isWhitespace))
    }
    self.path = path
    entries = all.filter { !$0.caption.isEmpty }
    captionless = all.filter(\.caption.isEmpty).map {
      SkippedClip(path: $0.path, reason: "\($0.path): the manifest gives it no caption.")
    }
    guard !entries.isEmpty else {
      throw TrainingError.badManifest(path: path, reason: "none of its clips has a caption")
    }
  }

  private static func decode<Value: Decodable>(
    _ type: Value.Type, _ text: Substring, _ path: String, place: String
  ) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw TrainingError.badManifest(path: path, reason: "\(place) lacks a path")
    }
  }

  // MARK: CSV

  private static func commaSeparated(_ text: String, _ path: String) throws -> [Line] {
    let rows = Self.rows(of: text)
    guard let header = rows.first, let place = header.firstIndex(of: "path"),
      let words = header.firstIndex(of: "caption")
    else {
      throw TrainingError.badManifest(
        path: path, reason: "its first line does not name the columns path and caption")
    }
    return try rows.dropFirst().enumerated().map { number, row in
      guard row.count > place, !row[place].isEmpty else {
        throw TrainingError.badManifest(path: path, reason: "line \(number + 2) lacks a path")
      }
      return Line(path: row[place], caption: row.count > words ? row[words] : "")
    }
  }

  /// Rows of fields (RFC 4180): a field in quotes may hold commas, line ends and doubled quotes.
  private static func rows(of text: String) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var field = ""
    var quoted = false
    var letters = text.makeIterator()
    var next = letters.next()
    func endRow() {
      row.append(field)
      if row != [""] { rows.append(row) }
      row = []
      field = ""
    }
    while let letter = next {
      next = letters.next()
      switch (letter, quoted) {
      case ("\"", true) where next == "\"":
        field.append("\"")
        next = letters.next()
      case ("\"", _): quoted.toggle()
      case (",", false):
        row.append(field)
        field = ""
      case (_, false) where letter.isNewline: endRow()
      default: field.append(letter)
      }
    }
    endRow()
    return rows
  }
}

extension String {
  fileprivate func trimming(while isDropped: (Character) -> Bool) -> String {
    let front = drop(while: isDropped)
    return String(front.reversed().drop(while: isDropped).reversed())
  }
}
