import Foundation

/// Whether two names are one file.
package enum FileIdentity {
  /// By whatever names they go; false where one of them is not there.
  package static func isSame(_ first: String, _ second: String) -> Bool {
    guard let first = status(first), let second = status(second) else { return false }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }

  /// Whether writing to `output` would write over a clip: a file, or a picture of a folder.
  static func wouldReplace(_ clip: String, by output: String) -> Bool {
    if isSame(output, clip) { return true }
    guard let there = status(clip), there.st_mode & S_IFMT == S_IFDIR, status(output) != nil
    else { return false }
    let folder = (output as NSString).deletingLastPathComponent
    return isSame(folder.isEmpty ? "." : folder, clip)
  }

  private static func status(_ path: String) -> stat? {
    var found = stat()
    return stat(path, &found) == 0 ? found : nil
  }
}
