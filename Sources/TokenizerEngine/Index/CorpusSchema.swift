import GRDB

/// What stands in an index, and how it is told from the databases of others.
enum CorpusSchema {
  /// “PyTk”, in the header of the file.
  static let application = 0x5079_546B
  static let version = 1

  /// Codes are integers of 2 bytes, 4 above 16 bits, the lowest first, in the order of a token file;
  /// an embedding is 64 numbers of 4 bytes.
  ///
  /// There is no table of occurrences: a clip's level has two different codes for every three tokens,
  /// so that one takes 39 MB for 1000 clips whose codes take 8, which are soon gone through.
  static let tables = [
    """
    CREATE TABLE model (name TEXT NOT NULL, sha256 TEXT NOT NULL, bits INTEGER NOT NULL, \
    strides TEXT NOT NULL)
    """,
    """
    CREATE TABLE clips (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, \
    bytes INTEGER NOT NULL, modified INTEGER NOT NULL, options TEXT NOT NULL, \
    frames INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, \
    frame_rate TEXT NOT NULL, start_frame INTEGER NOT NULL, caption TEXT, \
    embedding BLOB NOT NULL)
    """,
    """
    CREATE TABLE levels (id INTEGER PRIMARY KEY, \
    clip INTEGER NOT NULL REFERENCES clips (id) ON DELETE CASCADE, level INTEGER NOT NULL, \
    t INTEGER NOT NULL, h INTEGER NOT NULL, w INTEGER NOT NULL, used INTEGER NOT NULL, \
    entropy_bits REAL NOT NULL, ones TEXT NOT NULL, codes BLOB NOT NULL, UNIQUE (clip, level))
    """,
  ]

  /// Whether a database is an index; one without tables is not yet.
  static func isThere(in db: Database, path: String) throws -> Bool {
    let application = try Int.fetchOne(db, sql: "PRAGMA application_id")
    let found = try String.fetchAll(
      db, sql: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
    if application == 0, found.isEmpty { return false }
    guard application == Self.application else {
      throw CorpusError.noIndex(path: path, reason: "it is a database of another program")
    }
    guard try Int.fetchOne(db, sql: "PRAGMA user_version") == version else {
      throw CorpusError.noIndex(path: path, reason: "it was made by another version of pyratok")
    }
    // Views and triggers of others could make any statement do anything.
    guard found == tables else {
      throw CorpusError.damaged(path: path, reason: "its tables are not those of an index")
    }
    return true
  }

  static func create(in db: Database, model: CorpusModel) throws {
    for table in tables { try db.execute(sql: table) }
    try db.execute(
      sql: "INSERT INTO model VALUES (?, ?, ?, ?)",
      arguments: [model.name, model.sha256, model.bits, model.stridesText])
    try db.execute(sql: "PRAGMA application_id = \(application)")
    try db.execute(sql: "PRAGMA user_version = \(version)")
  }
}
