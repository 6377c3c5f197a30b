import Glibc
import VideoIO

/// Files of ours that people name where a clip or tokens are meant, known by their first bytes.
///
/// Foundation is left out: the workbench comes through here when it starts.
enum KnownFile {
  /// Eight bytes of length, then JSON; a file that breaks off earlier is left to the reader.
  static func isNoSafetensors(_ path: String) -> Bool {
    guard let start = start(of: path), start.count == 9 else { return false }
    return start[8] != UInt8(ascii: "{")
  }

  /// Throws unless a token file may stand there.
  static func checkTokens(_ path: String) throws {
    if isNoSafetensors(path) { throw CommandError.notATokenFile(path) }
  }

  /// Throws for what cannot be a model's folder; one that is not there is left to the search.
  static func checkModel(_ path: String) throws {
    if start(of: path) != nil { throw CommandError.notAModel(path) }
  }

  /// Throws before a screen is opened for what cannot be a clip.
  static func checkClip(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard let command = CommandNames.nearest(to: path) else { throw VideoError.notFound(path) }
      throw CommandError.noClip(
        path, reason: "no such file or folder; if a command was meant, it is `pyratok \(command)`")
    }
    guard access(path, R_OK) == 0 else {
      throw CommandError.noClip(path, reason: "cannot be read: permission denied")
    }
    let isFolder = status.st_mode & S_IFMT == S_IFDIR
    if let advice = isFolder ? advice(folder: path) : advice(file: path) {
      throw CommandError.noClip(path, reason: advice)
    }
  }

  private static func advice(file path: String) -> String? {
    if path.hasSuffix(".safetensors"), !isNoSafetensors(path) {
      return "holds tokens, not a clip; `pyratok detokenize \(path) -o back.mp4` makes one of them"
    }
    if start(of: path)?.starts(with: [0x93] + Array("NUMPY".utf8)) == true {
      return "is an array, not a clip; if it holds codes, `pyratok codebook \(path)` reads it"
    }
    return nil
  }

  private static func advice(folder path: String) -> String? {
    if access(path + "/config.json", F_OK) == 0, access(path + "/model.safetensors", F_OK) == 0 {
      return "is a model, not a clip; see `pyratok inspect \(path)`, or give it with --model"
    }
    if access(path + "/plan.json", F_OK) == 0, access(path + "/metrics.jsonl", F_OK) == 0 {
      return "is a training run, not a clip; see `pyratok watch \(path)`"
    }
    return nil
  }

  /// The first nine bytes of a plain file, or as many as there are.
  private static func start(of path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    var bytes = [UInt8](repeating: 0, count: 9)
    let count = read(descriptor, &bytes, bytes.count)
    return count < 0 ? nil : Array(bytes.prefix(count))
  }
}
