import Glibc
import Tensors

/// A file or folder under a temporary name that gets its real name only when it is complete.
final class UnfinishedFile {
  let path: String
  let temporaryPath: String
  private var isCommitted = false

  /// Reserves a name beside `path`; nothing is created yet.
  init(path: String, isFolder: Bool = false) throws {
    var path = path
    while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
    self.path = path
    temporaryPath = "\(path).\(getpid()).partial"
    switch FileKind(of: path) {
    case .missing: break
    case .file where !isFolder: break
    case .folder where isFolder && Self.holdsOnlyPictures(path): break
    case .folder:
      throw VideoError.unwritable(
        path,
        reason: isFolder ? "it holds other things; give a new folder" : "it is a folder")
    case .file, .other:
      throw VideoError.unwritable(path, reason: "it is not a plain file; give another name")
    }
    UnfinishedPaths.insert(temporaryPath)
  }

  deinit {
    if !isCommitted { UnfinishedPaths.remove(temporaryPath) }
    UnfinishedPaths.forget(temporaryPath)
  }

  /// Puts the finished file in its place, over an older one.
  func commit() throws {
    if FileKind(of: path) == .folder { UnfinishedPaths.remove(path) }
    guard rename(temporaryPath, path) == 0 else {
      throw VideoError.unwritable(path, reason: systemReason())
    }
    isCommitted = true
  }

  /// Only folders of pictures that a writer made are ever replaced.
  private static func holdsOnlyPictures(_ folder: String) -> Bool {
    namesInFolder(folder).allSatisfy { $0.hasPrefix("frame-") && $0.hasSuffix(".png") }
  }
}

/// The system's words for its last error, starting in lower case.
func systemReason(_ code: Int32 = errno) -> String {
  let text = String(cString: strerror(code))
  return text.prefix(1).lowercased() + text.dropFirst()
}

/// Bytes going to a file in order, with errors in words.
final class ByteFile {
  private let name: String
  private var handle: UnsafeMutablePointer<FILE>?

  /// - Parameter name: what errors call the file.
  init(_ path: String, mode: String, name: String) throws {
    self.name = name
    handle = fopen(path, mode)
    if handle == nil { throw VideoError.unwritable(name, reason: systemReason()) }
  }

  deinit { if let handle { fclose(handle) } }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    guard let handle, fwrite(bytes.baseAddress, 1, bytes.count, handle) == bytes.count else {
      throw VideoError.unwritable(name, reason: systemReason())
    }
  }

  func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  /// False if fewer bytes are left than fit.
  func read(into bytes: inout [UInt8]) -> Bool {
    guard let handle else { return false }
    return fread(&bytes, 1, bytes.count, handle) == bytes.count
  }

  func goToStart() { if let handle { rewind(handle) } }

  func close() throws {
    guard let open = handle else { return }
    handle = nil
    guard fflush(open) == 0 else {
      let reason = systemReason()
      fclose(open)
      throw VideoError.unwritable(name, reason: reason)
    }
    guard fclose(open) == 0 else { throw VideoError.unwritable(name, reason: systemReason()) }
  }
}
