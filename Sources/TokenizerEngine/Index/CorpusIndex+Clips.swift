import Evaluation
import Foundation
import GRDB
import Tokenization

extension CorpusIndex {
  /// Whether the index holds just this clip, read in just this way.
  package func isCurrent(_ fingerprint: CorpusFingerprint, _ source: CorpusSource) throws -> Bool {
    let found = try reading {
      try Row.fetchOne(
        $0, sql: "SELECT bytes, modified, options FROM clips WHERE path = ?",
        arguments: [fingerprint.path])
    }
    guard let found else { return false }
    return Int.fromDatabaseValue(found[0]) == fingerprint.bytes
      && Int.fromDatabaseValue(found[1]) == fingerprint.modified
      && String.fromDatabaseValue(found[2]) == source.text
  }

  /// Puts a clip in, in place of what stood under its path; says whether something did.
  @discardableResult
  package func put(_ entry: CorpusEntry) throws -> Bool {
    precondition(
      entry.tokens.modelSHA256 == model.sha256 && entry.tokens.strides == model.strides,
      "These tokens are not of the index's model.")
    let tokens = entry.tokens
    return try writing { db in
      let path = entry.fingerprint.path
      let former = try Int64.fetchOne(
        db, sql: "SELECT id FROM clips WHERE path = ?", arguments: [path])
      try db.execute(sql: "DELETE FROM clips WHERE path = ?", arguments: [path])
      try db.execute(
        sql: """
          INSERT INTO clips (id, path, bytes, modified, options, frames, width, height, frame_rate, \
          start_frame, caption, embedding) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          former, path, entry.fingerprint.bytes, entry.fingerprint.modified, entry.source.text,
          tokens.frames, tokens.width, tokens.height, tokens.frameRate.description,
          tokens.startFrame, tokens.caption, Self.data(entry.embedding),
        ])
      let clip = db.lastInsertedRowID
      for grid in tokens.grids { try insert(grid, clip: clip, into: db) }
      return former != nil
    }
  }

  /// The clip of a path without links and dots.
  package func clip(path: String) throws -> CorpusClip? {
    try reading { db in
      let found = try Row.fetchOne(
        db, sql: Self.clipColumns + " WHERE path = ?", arguments: [path])
      return try found.map(corpusClip)
    }
  }

  /// All tokens of a clip, as a token file has them.
  package func tokens(of clip: CorpusClip) throws -> ClipTokens {
    try reading { db in
      var grids: [TokenGrid] = []
      try scan(db, sql: "WHERE clip = ? ORDER BY level", [clip.id]) { place, codes in
        grids.append(
          TokenGrid(
            level: place.level, t: place.t, h: place.h, w: place.w, codes: codes))
      }
      let padded = model.geometry.padded(
        frames: clip.frames, width: clip.width, height: clip.height)
      guard grids.map(\.shape) == model.geometry.grids(padded: padded) else {
        throw damaged("the levels of \(clip.name.quotedForMessage) do not fit its size")
      }
      let rate = try String.fetchOne(
        db, sql: "SELECT frame_rate FROM clips WHERE id = ?", arguments: [clip.id])
      return ClipTokens(
        grids: grids, bits: model.bits, strides: model.strides,
        clip: ClipDescription(
          frames: clip.frames, width: clip.width, height: clip.height,
          frameRate: rate.flatMap(FrameRate.init(parsing:)) ?? FrameRate(25),
          startFrame: clip.startFrame, caption: clip.caption),
        model: model.name, modelSHA256: model.sha256)
    }
  }

  func damaged(_ reason: String) -> CorpusError { .damaged(path: path, reason: reason) }

  // MARK: Rows

  static let clipColumns =
    "SELECT id, path, options, frames, width, height, start_frame, caption, bytes, modified FROM clips"

  func corpusClip(_ row: Row) throws -> CorpusClip {
    func number(_ column: Int, in range: ClosedRange<Int>) -> Int? {
      Int.fromDatabaseValue(row[column]).flatMap { range.contains($0) ? $0 : nil }
    }
    guard let id = Int64.fromDatabaseValue(row[0]), let path = String.fromDatabaseValue(row[1]),
      let source = String.fromDatabaseValue(row[2]).flatMap(CorpusSource.init(text:)),
      let frames = number(3, in: 1...1_000_000_000), let width = number(4, in: 1...1_000_000),
      let height = number(5, in: 1...1_000_000),
      let start = number(6, in: 0...Int(Int32.max)), let bytes = Int.fromDatabaseValue(row[8]),
      let modified = Int.fromDatabaseValue(row[9])
    else { throw damaged("a clip has no path, size or options") }
    return CorpusClip(
      id: id, path: path, bytes: bytes, modified: modified, source: source, frames: frames,
      width: width, height: height, startFrame: start,
      caption: String.fromDatabaseValue(row[7]))
  }

  private func insert(_ grid: TokenGrid, clip: Int64, into db: Database) throws {
    var histogram = CodeHistogram(bits: model.bits)
    histogram.add(grid.codes)
    var ones = [Int](repeating: 0, count: model.bits)
    for (code, count) in histogram.counts {
      for bit in 0..<model.bits where code >> UInt32(model.bits - 1 - bit) & 1 == 1 {
        ones[bit] += count
      }
    }
    try db.execute(
      sql: """
        INSERT INTO levels (clip, level, t, h, w, used, entropy_bits, ones, codes) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        clip, grid.level, grid.t, grid.h, grid.w, histogram.used,
        UsageEstimators.entropyInBits(histogram.ranked.map(\.count)),
        "[" + ones.map(String.init).joined(separator: ",") + "]", data(of: grid.codes),
      ])
  }

  private func data(of codes: [UInt32]) -> Data {
    model.codeBytes == 2
      ? Self.data(codes.map { UInt16(truncatingIfNeeded: $0).littleEndian })
      : Self.data(codes.map(\.littleEndian))
  }

  private static func data<Number>(_ numbers: [Number]) -> Data {
    numbers.withUnsafeBytes { Data($0) }
  }
}
