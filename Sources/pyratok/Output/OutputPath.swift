import Foundation
import Tensors
import TokenizerEngine

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

  /// Throws if one of the inputs would be written over, by whatever name it goes.
  static func check(_ output: String, isNoneOf inputs: [String]) throws {
    for input in inputs where FileIdentity.isSame(output, input) {
      throw CommandError.outputIsInput(output, input: input)
    }
  }
}

/// A folder for results, made if need be; what was made for nothing goes again.
struct OutputFolder {
  /// The outermost first.
  private let made: [String]

  init(_ path: String) throws {
    var missing: [String] = []
    var folder = URL(fileURLWithPath: path).standardizedFileURL
    var isFolder: ObjCBool = false
    while !FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder),
      folder.path != "/"
    {
      missing.insert(folder.path, at: 0)
      folder.deleteLastPathComponent()
    }
    guard isFolder.boolValue else { throw CommandError.notAFolder(path) }
    for name in missing {
      guard mkdir(name, 0o777) == 0 else {
        let reason = String(cString: strerror(errno)).lowercased()
        for made in missing.reversed() { rmdir(made) }
        throw CommandError.unwritableFolder(path, reason: reason)
      }
      UnfinishedPaths.insert(name, .ifEmpty)
    }
    made = missing
  }

  /// Keeps the folder where something is in it; to be called when all is done, or has failed.
  func close() {
    for name in made.reversed() {
      UnfinishedPaths.remove(name, .ifEmpty)
      UnfinishedPaths.forget(name)
    }
  }
}
