import Glibc
import Tokenization
import Training

/// One clip or token file that is to go into an index, or why it cannot.
package enum CorpusInput: Sendable {
  case clip(path: String, caption: String?)
  case bad(path: String, any Error)

  package var path: String {
    switch self {
    case .clip(let path, _), .bad(let path, _): path
    }
  }
}

/// Finds the clips and token files in what people name: files, folders, manifests.
package enum CorpusInputs {
  private static let videos: Set = [
    "mp4", "mkv", "mov", "avi", "webm", "gif", "m4v", "mpg", "mpeg", "ts", "m2ts", "mts", "ogv",
    "wmv", "flv", "y4m", "mxf", "3gp",
  ]
  private static let tokens: Set = ["safetensors"]
  private static let manifests: Set = ["json", "jsonl", "csv"]
  private static let deepest = 16

  /// `caption` is that of every clip for which no manifest has another one.
  package static func all(of paths: [String], caption: String?) -> [CorpusInput] {
    var found: [CorpusInput] = []
    for path in paths {
      if manifests.contains(ending(of: path)) {
        do {
          let manifest = try ClipManifest(path: path)
          found += manifest.entries.map { .clip(path: $0.path, caption: $0.caption) }
          found += manifest.captionless.map { .clip(path: $0.path, caption: caption) }
        } catch {
          found.append(.bad(path: path, error))
        }
      } else if isFolder(path) {
        let clips = clips(in: path, depth: 0)
        found += clips.map { .clip(path: $0, caption: caption) }
        if clips.isEmpty { found.append(.bad(path: path, CorpusError.emptyFolder(path))) }
      } else {
        found.append(.clip(path: path, caption: caption))
      }
    }
    return found
  }

  static func isTokenFile(_ path: String) -> Bool { tokens.contains(ending(of: path)) }

  /// What lies in a folder and the folders in it; a folder with nothing but pictures is a clip.
  private static func clips(in folder: String, depth: Int) -> [String] {
    let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    var found: [String] = []
    var hasPictures = false
    for name in names(in: folder) where !name.hasPrefix(".") {
      let path = base + "/" + name
      if isFolder(path, followingLinks: false) {
        if depth < deepest { found += clips(in: path, depth: depth + 1) }
      } else if videos.union(tokens).contains(ending(of: name)) {
        found.append(path)
      } else if pictures.contains(ending(of: name)) {
        hasPictures = true
      }
    }
    return found.isEmpty && hasPictures ? [folder] : found
  }

  private static let pictures: Set = [
    "png", "jpg", "jpeg", "bmp", "webp", "tif", "tiff", "ppm", "pgm", "pnm", "pbm", "pam", "jp2",
    "tga", "exr", "qoi", "avif",
  ]

  /// Sorted, without `.` and `..`.
  static func names(in path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  private static func ending(of path: String) -> String {
    guard let dot = path.lastIndex(of: ".") else { return "" }
    return path[path.index(after: dot)...].lowercased()
  }

  private static func isFolder(_ path: String, followingLinks: Bool = true) -> Bool {
    var status = stat()
    guard (followingLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return false }
    return status.st_mode & S_IFMT == S_IFDIR
  }
}
