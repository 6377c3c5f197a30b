import Tensors

/// The pieces of words that uncased BERT knows: `vocab.txt`, one piece a line, its id the line.
///
/// Ids equal those of the reference implementation, HuggingFace's `tokenizers`, for any text.
package struct WordPieceVocabulary: Sendable {
  /// Pieces by their bytes: strings that only look alike stay apart.
  private let ids: [[UInt8]: Int]
  /// How many ids there are.
  package let size: Int
  private let unknown: Int
  private let start: Int
  private let end: Int
  /// Marks that stand for themselves wherever a text holds them.
  private let marks: [(text: [UInt8], id: Int)]

  /// Longer words are unknown as a whole.
  private static let longestWord = 100

  package init(path: String) throws {
    try self.init(try WholeFile.read(path, limit: 16 << 20), path: path)
  }

  /// `path` is named where the bytes cannot be used.
  init(_ bytes: [UInt8], path: String) throws {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    var ids: [[UInt8]: Int] = [:]
    for (id, line) in lines.enumerated() {
      ids[Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)] = id
    }
    func id(of mark: String) throws -> Int {
      guard let id = ids[Array(mark.utf8)] else {
        throw VocabularyError(path: path, reason: "it lacks the line \(mark)")
      }
      return id
    }
    unknown = try id(of: "[UNK]")
    start = try id(of: "[CLS]")
    end = try id(of: "[SEP]")
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].compactMap { mark in
      ids[Array(mark.utf8)].map { (Array(mark.utf8), $0) }
    }
    size = lines.count
    self.ids = ids
  }

  /// [CLS], the pieces of a text, [SEP]; at most `limit` ids, which is at least 2.
  package func encode(_ text: String, limit: Int) -> [Int] {
    let room = max(0, limit - 2)
    var pieces: [Int] = []
    for part in split(text) {
      switch part {
      case .mark(let id): pieces.append(id)
      case .text(let text):
        for word in BERTWords.split(text) {
          if pieces.count >= room { break }
          pieces += encode(word: word)
        }
      }
    }
    return [start] + pieces.prefix(room) + [end]
  }

  private enum Part {
    case mark(id: Int)
    case text(Substring.UnicodeScalarView)
  }

  /// Cuts a text before and behind marks.
  private func split(_ text: String) -> [Part] {
    var parts: [Part] = []
    let bytes = text.utf8
    var begin = bytes.startIndex
    var index = begin
    while let bracket = bytes[index...].firstIndex(of: UInt8(ascii: "[")) {
      guard let mark = marks.first(where: { bytes[bracket...].starts(with: $0.text) }) else {
        index = bytes.index(after: bracket)
        continue
      }
      if begin < bracket { parts.append(.text(text.unicodeScalars[begin..<bracket])) }
      parts.append(.mark(id: mark.id))
      begin = bytes.index(bracket, offsetBy: mark.text.count)
      index = begin
    }
    if begin < bytes.endIndex { parts.append(.text(text.unicodeScalars[begin...])) }
    return parts
  }

  /// The longest known piece, then the longest behind it marked with ##, and so on; unknown as a
  /// whole if that leaves a rest.
  private func encode(word: [Unicode.Scalar]) -> [Int] {
    guard word.count <= Self.longestWord else { return [unknown] }
    let scalars = word.map { Array(String($0).utf8) }
    var pieces: [Int] = []
    var first = 0
    while first < scalars.count {
      var piece = first == 0 ? [] : Array("##".utf8)
      var longest: (id: Int, end: Int)?
      for last in first..<scalars.count {
        piece += scalars[last]
        if let id = ids[piece] { longest = (id, last + 1) }
      }
      guard let longest else { return [unknown] }
      pieces.append(longest.id)
      first = longest.end
    }
    return pieces
  }
}
