import Foundation

/// Where a command writes to, checked before hours of work.
enum OutputPath {
  /// Throws unless a plain file of this name can stand there.
  static func checkFile(_ path: String) throws {
    var isFolder: ObjCBool = false
    let folder = (path as NSString).deletingLastPathComponent
    let hasFolder = FileManager.default.fileExists(
      atPath: folder.isEmpty ? "." : folder, isDirectory: &isFolder)
    guard hasFolder, isFolder.boolValue else { throw CommandError.noSuchFolder(folder) }
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFREG else { throw CommandError.notAPlainFile(path) }
  }

  /// Makes the folder if need be.
  static func makeFolder(_ path: String) throws {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
      guard isFolder.boolValue else { throw CommandError.notAFolder(path) }
      return
    }
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }
}
