import Foundation
import GRDB

/// A clip that a text was compared with.
package struct CorpusMatch: Sendable, Equatable {
  package let clip: CorpusClip
  /// The cosine of the text's vector and the clip's.
  package let score: Double
}

extension CorpusIndex {
  /// The clips that are nearest to a vector of `CorpusIndexer`, the nearest first.
  package func nearest(to query: [Float], limit: Int) throws -> [CorpusMatch] {
    try reading { db in
      var scores: [(id: Int64, score: Float)] = []
      let rows = try Row.fetchCursor(db, sql: "SELECT id, embedding FROM clips")
      while let row = try rows.next() {
        guard let id = Int64.fromDatabaseValue(row[0]) else { continue }
        let score = try row.withUnsafeData(atIndex: 1) { data in
          guard let data, data.count == 4 * query.count else {
            throw damaged("the vector of a clip has not \(query.count) numbers")
          }
          return data.withUnsafeBytes { raw in
            query.indices.reduce(Float(0)) { sum, index in
              sum + query[index] * raw.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
            }
          }
        }
        scores.append((id, score.isFinite ? score : -1))
      }
      scores.sort { ($1.score, $0.id) < ($0.score, $1.id) }
      return try scores.prefix(max(0, limit)).compactMap { id, score in
        try Row.fetchOne(db, sql: Self.clipColumns + " WHERE id = ?", arguments: [id])
          .map { CorpusMatch(clip: try corpusClip($0), score: Double(score)) }
      }
    }
  }
}
