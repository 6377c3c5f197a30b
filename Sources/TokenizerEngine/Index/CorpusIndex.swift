import Foundation
import GRDB

/// An SQLite file of the codes of many clips of one model: statistics per clip and level, where
/// each code occurs, and a vector per clip that texts are compared with.
///
/// Any thread may ask; every clip goes in by a transaction of its own, so that whatever ends the
/// program leaves whole clips and nothing else.
package final class CorpusIndex: Sendable {
  package let path: String
  package let model: CorpusModel
  let queue: DatabaseQueue
  /// Whether it was made by this object, and is to go again if no clip comes into it.
  private let isNew: Bool

  /// Opens an index to look into it.
  package init(reading path: String) throws {
    guard try Self.bytes(of: path) != nil else { throw CorpusError.missing(path) }
    (self.path, isNew) = (path, false)
    let queue = try Self.open(path, isReadOnly: true)
    self.queue = queue
    model = try Self.naming(path) {
      try queue.read { db in
        guard try CorpusSchema.isThere(in: db, path: path) else {
          throw CorpusError.noIndex(path: path, reason: "it is empty")
        }
        return try CorpusModel(db, path: path)
      }
    }
  }

  /// Opens an index to add to it, or makes it; refuses one of another model, untouched.
  package init(writing path: String, model: CorpusModel) throws {
    let before = try Self.bytes(of: path)
    (self.path, isNew, self.model) = (path, before == nil, model)
    let queue = try Self.open(path, isReadOnly: false)
    self.queue = queue
    do {
      try Self.naming(path) { try Self.prepare(queue, path: path, model: model) }
    } catch {
      try? queue.close()
      if before == nil { unlink(path) }
      throw error
    }
  }

  /// To be called once, when all is done, or has failed: one plain file is left, or none if it is
  /// new and empty.
  ///
  /// Nothing may be asked of the index afterwards but its size.
  package func close() {
    let isEmpty = isNew && (try? clipCount()) == 0
    // Without its log the file can be read where nothing may be written; others may still use it.
    if !queue.configuration.readonly {
      try? queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
    }
    try? queue.close()
    if isEmpty { unlink(path) }
  }

  package func clipCount() throws -> Int {
    try reading { try Int.fetchOne($0, sql: "SELECT count(*) FROM clips") ?? 0 }
  }

  /// Of the file, with what lies in its log; 0 where it is gone.
  package var bytes: Int {
    [path, path + "-wal"].reduce(0) { $0 + ((try? Self.bytes(of: $1)) ?? nil ?? 0) }
  }

  /// Of the library beneath.
  package static var versions: [String] {
    let version = try? DatabaseQueue().read {
      try String.fetchOne($0, sql: "SELECT sqlite_version()")
    }
    return ["SQLite \((version ?? nil) ?? "not usable")"]
  }

  func reading<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try Self.naming(path) { try queue.read(body) }
  }

  func writing<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try Self.naming(path) { try queue.write(body) }
  }

  private static func prepare(_ queue: DatabaseQueue, path: String, model: CorpusModel) throws {
    let isThere = try queue.read { db in
      guard try CorpusSchema.isThere(in: db, path: path) else { return false }
      let held = try CorpusModel(db, path: path)
      guard held.sha256 == model.sha256 else {
        throw CorpusError.otherModel(path: path, index: held.sha256, model: model.sha256)
      }
      guard held == model else {
        throw CorpusError.damaged(path: path, reason: "its model is not what its hash says")
      }
      return true
    }
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA journal_mode = WAL")
      try db.execute(sql: "PRAGMA synchronous = NORMAL")
    }
    guard !isThere else { return }
    try queue.write { db in
      // Another program may have made it meanwhile.
      guard try !CorpusSchema.isThere(in: db, path: path) else { return }
      try CorpusSchema.create(in: db, model: model)
    }
  }

  private static func open(_ path: String, isReadOnly: Bool) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = isReadOnly
    configuration.busyMode = .timeout(10)
    configuration.label = "corpus"
    return try naming(path) { try DatabaseQueue(path: path, configuration: configuration) }
  }

  private static func naming<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw CorpusError(error, path: path)
    }
  }

  /// Nil where nothing is; throws for what is no plain file.
  private static func bytes(of path: String) throws -> Int? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw CorpusError.noIndex(path: path, reason: "it is not a plain file")
    }
    return Int(status.st_size)
  }
}
