import Evaluation
import Foundation
import GRDB
import Tokenization

/// A place where a code stands in an indexed clip.
package struct CorpusOccurrence: Sendable, Equatable {
  package let clip: CorpusClip
  package let code: UInt32
  package let level: Int
  package let t: Int
  package let y: Int
  package let x: Int
  /// The frames that the token stands for, counted from the clip's first one.
  package let frames: Range<Int>
  /// The pixels that it stands for, at the working size.
  package let box: PixelBox
  /// The share of the clip's tokens of this level that are such codes.
  package let score: Double
}

/// Where codes occur: some of the places, and how many there are.
package struct CorpusOccurrences: Sendable, Equatable {
  /// The clips with the largest share first; each clip gives one before any gives two.
  package var places: [CorpusOccurrence] = []
  package var total = 0
  /// How many clips have any.
  package var clips = 0
}

extension CorpusIndex {
  /// How the codebook is used over all clips together.
  package func usage(level: Int? = nil) throws -> CodebookUsage {
    try check(level)
    var usage = CodebookUsage(bits: model.bits)
    try reading { db in
      try scan(db, level: level) { place, codes in usage.addClip(codes, level: place.level) }
    }
    return usage
  }

  /// Where a code, or any of a pattern, occurs; `limit` places of all.
  package func occurrences(
    of pattern: CodePattern, level: Int? = nil, limit: Int
  ) throws -> CorpusOccurrences {
    try check(level)
    return try reading { db in
      var found: [(place: StoredPlace, count: Int, score: Double)] = []
      try scanData(db, of: level) { place, data in
        let count = self.count(of: pattern, in: data)
        let tokens = Double(place.t * place.h * place.w)
        if count > 0 { found.append((place, count, Double(count) / tokens)) }
      }
      var result = CorpusOccurrences()
      result.total = found.reduce(0) { $0 + $1.count }
      result.clips = Set(found.map(\.place.clip)).count
      found.sort { ($1.score, $0.place.id) < ($0.score, $1.place.id) }
      let shares = Self.shares(of: found.map(\.count), limit: limit)
      var clips: [Int64: CorpusClip] = [:]
      for (item, share) in zip(found, shares) where share > 0 {
        let clip = try clips[item.place.clip] ?? clip(id: item.place.clip, db)
        clips[clip.id] = clip
        try scan(db, sql: "WHERE id = ?", [item.place.id]) { place, codes in
          result.places += occurrences(
            of: pattern, in: codes, place, clip, item.score, spread: share)
        }
      }
      return result
    }
  }

  /// The occurrences of one code.
  package func occurrences(
    of code: UInt32, level: Int? = nil, limit: Int
  ) throws -> CorpusOccurrences {
    try occurrences(of: CodePattern(code: code, bits: model.bits), level: level, limit: limit)
  }

  /// How many of each are shown if at most `limit` are: one of each, then two, and so on.
  static func shares(of counts: [Int], limit: Int) -> [Int] {
    var shares = [Int](repeating: 0, count: counts.count)
    var left = max(0, limit)
    var round = 0
    while left > 0, counts.contains(where: { $0 > round }) {
      for index in counts.indices where left > 0 && counts[index] > round {
        shares[index] += 1
        left -= 1
      }
      round += 1
    }
    return shares
  }

  private func check(_ level: Int?) throws {
    if let level, !(1...model.levels).contains(level) {
      throw CorpusError.noSuchLevel(level, levels: model.levels)
    }
  }

  private func clip(id: Int64, _ db: Database) throws -> CorpusClip {
    guard
      let row = try Row.fetchOne(db, sql: Self.clipColumns + " WHERE id = ?", arguments: [id])
    else { throw damaged("a level belongs to no clip") }
    return try corpusClip(row)
  }

  /// Some of a grid's places, evenly spread over its order.
  private func occurrences(
    of pattern: CodePattern, in codes: [UInt32], _ place: StoredPlace, _ clip: CorpusClip,
    _ score: Double, spread wanted: Int
  ) -> [CorpusOccurrence] {
    let stride = model.strides[place.level - 1]
    let all = codes.indices.filter { pattern.matches(codes[$0]) }
    return (0..<min(wanted, all.count)).map { number in
      let index = all[number * all.count / wanted]
      let (t, y, x) = (
        index / (place.h * place.w), index / place.w % place.h, index % place.w
      )
      let frames = model.geometry.frames(level: place.level, row: t)
      return CorpusOccurrence(
        clip: clip, code: codes[index], level: place.level, t: t, y: y, x: x,
        frames: frames.clamped(to: 0..<clip.frames),
        box: PixelBox(
          x: x * stride[2], y: y * stride[1],
          width: max(0, min(stride[2], clip.width - x * stride[2])),
          height: max(0, min(stride[1], clip.height - y * stride[1]))),
        score: score)
    }
  }
}

/// Which grid of which clip.
struct StoredPlace {
  let id: Int64
  let clip: Int64
  let level: Int
  let t: Int
  let h: Int
  let w: Int
}

extension CorpusIndex {
  /// Every grid, or those of one level, one after the other: memory holds one.
  func scan(
    _ db: Database, level: Int?, _ body: (StoredPlace, [UInt32]) throws -> Void
  ) throws {
    try scanData(db, of: level) { place, data in try body(place, codes(in: data)) }
  }

  func scan(
    _ db: Database, sql: String, _ arguments: StatementArguments,
    _ body: (StoredPlace, [UInt32]) throws -> Void
  ) throws {
    try scanData(db, sql: sql, arguments) { place, data in try body(place, codes(in: data)) }
  }

  private func scanData(
    _ db: Database, of level: Int?, _ body: (StoredPlace, Data) throws -> Void
  ) throws {
    if let level {
      try scanData(db, sql: "WHERE level = ? ORDER BY id", [level], body)
    } else {
      try scanData(db, sql: "ORDER BY id", [], body)
    }
  }

  /// Hands out codes as they lie in the file, not copied: valid within `body` only.
  private func scanData(
    _ db: Database, sql: String, _ arguments: StatementArguments,
    _ body: (StoredPlace, Data) throws -> Void
  ) throws {
    let rows = try Row.fetchCursor(
      db, sql: "SELECT id, clip, level, t, h, w, codes FROM levels " + sql, arguments: arguments)
    while let row = try rows.next() {
      let numbers = (0..<6).map { Int64.fromDatabaseValue(row[$0]) ?? -1 }
      let sides = numbers[3...].map { Int($0) }
      guard (1...Int64(model.levels)).contains(numbers[2]),
        sides.allSatisfy({ (1...1 << 20).contains($0) })
      else { throw damaged("a level has no size") }
      let place = StoredPlace(
        id: numbers[0], clip: numbers[1], level: Int(numbers[2]), t: sides[0], h: sides[1],
        w: sides[2])
      try row.withUnsafeData(atIndex: 6) { data in
        guard let data, data.count == sides.reduce(model.codeBytes, *) else {
          throw damaged("a level's codes do not fill its grid")
        }
        try body(place, data)
      }
    }
  }

  /// Integers of `codeBytes` bytes, the lowest first.
  private func codes(in data: Data) throws -> [UInt32] {
    let codes = data.withUnsafeBytes { raw in
      let isWide = model.codeBytes == 4
      return (0..<raw.count / model.codeBytes).map { index in
        isWide
          ? UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
          : UInt32(
            UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)))
      }
    }
    guard model.bits % 16 == 0 || codes.allSatisfy({ $0 >> UInt32(model.bits) == 0 }) else {
      throw damaged("a code has more than \(model.bits) bits")
    }
    return codes
  }

  /// The loop that all codes of a corpus go through when one is searched.
  private func count(of pattern: CodePattern, in data: Data) -> Int {
    data.withUnsafeBytes { raw in
      var count = 0
      if model.codeBytes == 2 {
        let (mask, value) = (UInt16(pattern.mask), UInt16(pattern.value))
        for offset in stride(from: 0, to: raw.count, by: 2) {
          let code = UInt16(
            littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
          count += code & mask == value ? 1 : 0
        }
      } else {
        for offset in stride(from: 0, to: raw.count, by: 4) {
          let code = UInt32(
            littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
          count += pattern.matches(code) ? 1 : 0
        }
      }
      return count
    }
  }
}
