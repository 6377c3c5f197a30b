import Glibc

/// What is being written now under a temporary name: known here so that a program that has to end at
/// once, as at a second ctrl-C, can still leave nothing half-written behind.
package enum UnfinishedPaths {
  package enum Removal: Sendable {
    /// With everything in it.
    case whole
    /// A folder made for results: kept once there is one.
    case ifEmpty
  }

  private static let lock = Lock()
  // Read and changed only under the lock.
  nonisolated(unsafe) private static var removals: [String: Removal] = [:]

  package static func insert(_ path: String, _ removal: Removal = .whole) {
    lock.locked { removals[path] = removal }
  }

  /// It has its real name now, or is gone.
  package static func forget(_ path: String) {
    lock.locked { _ = removals.removeValue(forKey: path) }
  }

  /// Removes all of them and then calls `end`, which must not return; nothing new begins meanwhile.
  package static func abandonAll(_ end: () -> Void) {
    lock.locked {
      // What lies deeper goes first.
      for (path, removal) in removals.sorted(by: { $0.key.utf8.count > $1.key.utf8.count }) {
        remove(path, removal)
      }
      end()
    }
  }

  package static func remove(_ path: String, _ removal: Removal = .whole) {
    guard removal == .whole else {
      rmdir(path)
      return
    }
    guard unlink(path) != 0, errno != ENOENT else { return }
    // Under another name first: whoever still writes into the folder does not find it any more.
    let doomed = "\(path).\(getpid()).gone"
    guard rename(path, doomed) == 0 else { return }
    if let folder = opendir(doomed) {
      while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != "." && name != ".." { unlink(doomed + "/" + name) }
      }
      closedir(folder)
    }
    rmdir(doomed)
  }
}
