import GRDB
import Glibc

/// What was taken out of an index because it is gone.
package struct CorpusPruning: Sendable, Equatable {
  package var removed = 0
  /// One line for each folder whose clips stay though they cannot be found.
  package var notices: [String] = []
}

extension CorpusIndex {
  /// Takes out the clips and token files that lay in a folder, or in folders in it, and are gone.
  ///
  /// A folder that is missing or empty may be one that is not mounted, so its clips stay.
  package func prune(folder: String) throws -> CorpusPruning {
    guard let real = realpath(folder, nil) else { return CorpusPruning() }
    defer { free(real) }
    let root = String(cString: real)
    var result = CorpusPruning()
    var gone: [Int64] = []
    var empty: [String: Int] = [:]
    for (id, path) in try clips(in: root) where Self.isGone(path) {
      let parent = Self.nearestFolder(to: path, within: root)
      if CorpusInputs.names(in: parent).isEmpty {
        empty[parent, default: 0] += 1
      } else {
        gone.append(id)
      }
    }
    try writing { db in
      for id in gone { try db.execute(sql: "DELETE FROM clips WHERE id = ?", arguments: [id]) }
    }
    result.removed = gone.count
    result.notices = empty.sorted { $0.key < $1.key }.map {
      "\($0.key) is empty; \($0.value) of its clips stay in the index, for it may not be mounted"
    }
    return result
  }

  private func clips(in root: String) throws -> [(id: Int64, path: String)] {
    let prefix = root.hasSuffix("/") ? root : root + "/"
    return try reading { db in
      try Row.fetchAll(db, sql: "SELECT id, path FROM clips").compactMap { row in
        guard let id = Int64.fromDatabaseValue(row[0]), let path = String.fromDatabaseValue(row[1]),
          path.hasPrefix(prefix)
        else { return nil }
        return (id, path)
      }
    }
  }

  /// False where it may only not be looked at.
  private static func isGone(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR)
  }

  /// The deepest folder above it that is there.
  private static func nearestFolder(to path: String, within root: String) -> String {
    var folder = Substring(path)
    var status = stat()
    repeat {
      guard let slash = folder.lastIndex(of: "/") else { return root }
      folder = folder[..<slash]
    } while folder.utf8.count > root.utf8.count && stat(String(folder), &status) != 0
    return folder.utf8.count > root.utf8.count ? String(folder) : root
  }
}
