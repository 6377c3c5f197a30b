import FoundationEssentials
import GRDB
import Tokenization

/// The model whose codes an index holds.
package struct CorpusModel: Sendable, Equatable {
  package var name: String
  package var sha256: String
  package var bits: Int
  /// [t, y, x] per level, level 1 first.
  package var strides: [[Int]]

  package init(name: String, sha256: String, bits: Int, strides: [[Int]]) {
    self.name = name
    self.sha256 = sha256
    self.bits = bits
    self.strides = strides
  }

  package init(_ model: ModelSummary) {
    self.init(
      name: model.name, sha256: model.sha256, bits: model.bits,
      strides: model.strides.map { [$0.t, $0.y, $0.x] })
  }

  package var geometry: TokenGeometry { TokenGeometry(strides: strides) }
  package var levels: Int { strides.count }

  /// How many bytes one code takes in the index.
  var codeBytes: Int { bits > 16 ? 4 : 2 }

  var stridesText: String {
    "["
      + strides.map { "[" + $0.map(String.init).joined(separator: ",") + "]" }
      .joined(separator: ",") + "]"
  }

  init(_ db: Database, path: String) throws {
    let rows = try Row.fetchAll(db, sql: "SELECT name, sha256, bits, strides FROM model")
    guard rows.count == 1, let name = String.fromDatabaseValue(rows[0][0]),
      let sha256 = String.fromDatabaseValue(rows[0][1]),
      let bits = Int.fromDatabaseValue(rows[0][2]),
      let text = String.fromDatabaseValue(rows[0][3]), (1...32).contains(bits),
      let strides = try? JSONDecoder().decode([[Int]].self, from: Data(text.utf8)),
      (1...16).contains(strides.count),
      strides.allSatisfy({ $0.count == 3 && $0.allSatisfy { (1...65_536).contains($0) } })
    else { throw CorpusError.damaged(path: path, reason: "it does not say which model it is of") }
    self.init(name: name, sha256: sha256, bits: bits, strides: strides)
  }
}
