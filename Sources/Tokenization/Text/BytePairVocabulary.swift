import FoundationEssentials
import Tensors

/// Byte-pair encoding (Sennrich and others, 2016) over bytes, so any text encodes and decodes exactly.
///
/// Ids: 0 is padding, 1…256 are the bytes 0…255, from 257 on the merges in the order learnt. A text is
/// cut before each space, the space goes with the word behind it, and merges never cross a cut.
package struct BytePairVocabulary: Sendable, Equatable {
  package static let padding = 0
  private static let firstMerge = 257
  private static let format = "pyratok.vocabulary.1"

  /// Two ids side by side.
  private struct Pair: Hashable {
    let left: Int
    let right: Int
  }

  /// The bytes of every id; those of padding are empty.
  private var pieces: [[UInt8]] = [[]] + (0...255).map { [UInt8($0)] }
  private var merges: [Pair] = []
  private var ranks: [Pair: Int] = [:]

  /// The number of ids, padding included.
  package var size: Int { pieces.count }

  /// Bytes alone, without merges.
  package init() {}

  // MARK: Learning

  /// Learns merges from texts till there are `size` ids or no pair occurs twice.
  package init(learning texts: [String], size: Int) {
    precondition(size >= Self.firstMerge, "A vocabulary has at least 257 ids, not \(size).")
    var counts: [[UInt8]: Int] = [:]
    for text in texts {
      for word in Self.words(of: text) { counts[Array(word), default: 0] += 1 }
    }
    var words = counts.map { (ids: $0.key.map { Int($0) + 1 }, count: $0.value) }
    var known = Set(pieces)
    while self.size < size, let best = Self.mostFrequentPair(in: words, pieces: pieces, known) {
      let id = append(best)
      known.insert(pieces[id])
      for index in words.indices {
        words[index].ids = Self.merging(best, into: id, in: words[index].ids)
      }
    }
  }

  /// The pair that occurs most often; of equals the one with the smaller ids.
  ///
  /// Nil if none occurs twice.
  private static func mostFrequentPair(
    in words: [(ids: [Int], count: Int)], pieces: [[UInt8]], _ known: Set<[UInt8]>
  ) -> Pair? {
    var counts: [Pair: Int] = [:]
    for word in words {
      for (left, right) in zip(word.ids, word.ids.dropFirst()) {
        counts[Pair(left: left, right: right), default: 0] += word.count
      }
    }
    // Two ids with the same bytes could not be told apart in the file.
    let candidates = counts.filter {
      $0.value > 1 && !known.contains(pieces[$0.key.left] + pieces[$0.key.right])
    }
    return candidates.min { first, second in
      (-first.value, first.key.left, first.key.right)
        < (-second.value, second.key.left, second.key.right)
    }?.key
  }

  /// Adds a merge and returns its id.
  @discardableResult
  private mutating func append(_ pair: Pair) -> Int {
    ranks[pair] = merges.count
    merges.append(pair)
    pieces.append(pieces[pair.left] + pieces[pair.right])
    return pieces.count - 1
  }

  // MARK: Encoding

  /// The ids of a text; at most `limit` of them where one is given.
  package func encode(_ text: String, limit: Int = .max) -> [Int] {
    var ids: [Int] = []
    for word in Self.words(of: text) {
      ids += encode(word: word)
      if ids.count >= limit { return Array(ids.prefix(limit)) }
    }
    return ids
  }

  /// The text of ids; bytes that are not UTF-8 become replacement characters, unknown ids vanish.
  package func decode(_ ids: [Int]) -> String {
    let bytes = ids.flatMap { pieces.indices.contains($0) ? pieces[$0] : [] }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func encode(word: ArraySlice<UInt8>) -> [Int] {
    var ids = word.map { Int($0) + 1 }
    while let rank = zip(ids, ids.dropFirst()).compactMap({
      ranks[Pair(left: $0, right: $1)]
    }).min() {
      ids = Self.merging(merges[rank], into: Self.firstMerge + rank, in: ids)
    }
    return ids
  }

  private static func merging(_ pair: Pair, into id: Int, in ids: [Int]) -> [Int] {
    var result: [Int] = []
    result.reserveCapacity(ids.count)
    var index = 0
    while index < ids.count {
      if index + 1 < ids.count, ids[index] == pair.left, ids[index + 1] == pair.right {
        result.append(id)
        index += 2
      } else {
        result.append(ids[index])
        index += 1
      }
    }
    return result
  }

  /// Cuts a text before each space.
  private static func words(of text: String) -> [ArraySlice<UInt8>] {
    let bytes = Array(text.utf8)
    let space = UInt8(ascii: " ")
    var result: [ArraySlice<UInt8>] = []
    var start = 0
    for index in bytes.indices where index > start && bytes[index] == space {
      result.append(bytes[start..<index])
      start = index
    }
    if start < bytes.count { result.append(bytes[start...]) }
    return result
  }
}

// MARK: - The file

extension BytePairVocabulary {
  /// What stands in the file.
  ///
  /// A piece is written as text with one character of U+0000…U+00FF a byte.
  private struct File: Codable {
    let format: String
    let merges: [[String]]
  }

  package init(path: String) throws {
    let text: [UInt8]
    do {
      text = try WholeFile.read(path, limit: 16 << 20)
    } catch TensorFileError.unreadable(_, let reason) {
      throw VocabularyError(path: path, reason: reason)
    }
    guard let file = try? JSONDecoder().decode(File.self, from: Data(text)) else {
      throw VocabularyError(path: path, reason: "it is not a list of merges in JSON")
    }
    guard file.format == Self.format else {
      throw VocabularyError(
        path: path, reason: "its format is \(file.format.quoted), not “\(Self.format)”")
    }
    var ids = Dictionary(uniqueKeysWithValues: pieces.enumerated().map { ($1, $0) })
    for (number, merge) in file.merges.enumerated() {
      let parts = merge.map { Self.bytes(of: $0) }
      guard parts.count == 2, let left = parts[0].flatMap({ ids[$0] }),
        let right = parts[1].flatMap({ ids[$0] }), left > 0, right > 0,
        ids[pieces[left] + pieces[right]] == nil
      else {
        throw VocabularyError(
          path: path, reason: "merge \(number + 1) does not join two earlier pieces into a new one")
      }
      let id = append(Pair(left: left, right: right))
      ids[pieces[id]] = id
    }
  }

  /// Writes the file under a temporary name and renames it.
  package func save(to path: String) throws {
    let file = File(
      format: Self.format,
      merges: merges.map { [Self.text(of: pieces[$0.left]), Self.text(of: pieces[$0.right])] })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      try encoder.encode(file).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw VocabularyError(path: path, reason: "it cannot be written")
    }
  }

  private static func text(of bytes: [UInt8]) -> String {
    var text = ""
    text.unicodeScalars.append(contentsOf: bytes.map { Unicode.Scalar($0) })
    return text
  }

  private static func bytes(of text: String) -> [UInt8]? {
    let bytes = text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
    return bytes.count == text.unicodeScalars.count ? bytes : nil
  }
}

/// A vocabulary file that cannot be used.
package struct VocabularyError: Error, CustomStringConvertible {
  package let path: String
  package let reason: String

  package var description: String {
    "The vocabulary \(path) cannot be used: \(reason). Take the model's folder as it was written."
  }
}
