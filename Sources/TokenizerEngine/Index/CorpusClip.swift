import FoundationEssentials
import Glibc
import Tokenization
import VideoIO

/// What a clip of an index was read from.
package struct CorpusSource: Sendable, Hashable, Codable {
  /// False for a token file, which has no pictures.
  package var isClip: Bool
  package var stream: Int?
  /// As `size` words it; empty for a token file.
  package var size = ""
  package var start = 0.0
  package var frames: Int?
  package var caption: String?

  /// A token file, whose caption is its own.
  package static let tokens = CorpusSource(isClip: false)

  package init(isClip: Bool) { self.isClip = isClip }

  package init(_ request: ClipRequest, caption: String?) {
    isClip = true
    stream = request.stream
    size = request.size.words
    start = request.start
    frames = request.frames
    self.caption = caption
  }

  /// How the clip at `path` is read again; nil for a token file.
  package func request(path: String) -> ClipRequest? {
    guard isClip, let size = WorkingSize(words: size) else { return nil }
    return ClipRequest(path: path, stream: stream, size: size, start: start, frames: frames)
  }

  /// The same source gives the same text.
  var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let data = try? encoder.encode(self) else {
      preconditionFailure("Seconds that are none were let through to an index.")
    }
    return String(decoding: data, as: UTF8.self)
  }

  init?(text: String) {
    guard let source = try? JSONDecoder().decode(CorpusSource.self, from: Data(text.utf8)) else {
      return nil
    }
    self = source
  }
}

extension WorkingSize {
  fileprivate var words: String {
    switch self {
    case .longerSide(let side): "\(side)"
    case .exactly(let width, let height): "\(width)x\(height)"
    case .square(let side): "square \(side)"
    case .native: "native"
    }
  }

  fileprivate init?(words: String) {
    guard words.hasPrefix("square ") else {
      self.init(argument: words)
      return
    }
    guard let side = Int(words.dropFirst(7)), side > 0 else { return nil }
    self = .square(side)
  }
}

/// By what a file, or a folder of pictures, is known to be as it was.
package struct CorpusFingerprint: Sendable, Equatable {
  /// Without links and dots, so that one clip has one name.
  package let path: String
  let bytes: Int
  /// In nanoseconds since 1970; of a folder, the latest of its pictures and its own.
  let modified: Int

  package init(of path: String) throws {
    guard let real = realpath(path, nil) else { throw VideoError.notFound(path) }
    defer { free(real) }
    self.path = String(cString: real)
    var status = stat()
    guard stat(real, &status) == 0 else { throw VideoError.notFound(path) }
    var (bytes, modified) = (Int(status.st_size), Self.nanoseconds(status))
    if status.st_mode & S_IFMT == S_IFDIR {
      bytes = 0
      for name in CorpusInputs.names(in: self.path) where stat(self.path + "/" + name, &status) == 0
      {
        bytes += Int(status.st_size)
        modified = max(modified, Self.nanoseconds(status))
      }
    }
    (self.bytes, self.modified) = (bytes, modified)
  }

  private static func nanoseconds(_ status: stat) -> Int {
    status.st_mtim.tv_sec &* 1_000_000_000 &+ status.st_mtim.tv_nsec
  }
}

/// A clip that goes into an index.
package struct CorpusEntry: Sendable {
  package var fingerprint: CorpusFingerprint
  package var source: CorpusSource
  package var tokens: ClipTokens
  /// The unit vector that texts are compared with.
  package var embedding: [Float]

  package init(
    fingerprint: CorpusFingerprint, source: CorpusSource, tokens: ClipTokens, embedding: [Float]
  ) {
    self.fingerprint = fingerprint
    self.source = source
    self.tokens = tokens
    self.embedding = embedding
  }
}

/// A clip that an index holds.
package struct CorpusClip: Sendable, Hashable {
  package let id: Int64
  package let path: String
  /// Of its file when it was indexed, as a fingerprint has them.
  let bytes: Int
  let modified: Int
  package let source: CorpusSource
  package let frames: Int
  /// The working size in pixels.
  package let width: Int
  package let height: Int
  /// The first frame of the file that belongs to the clip.
  package let startFrame: Int
  package let caption: String?

  /// The file's or folder's name without those around it.
  package var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// Throws where its file is gone, or is no longer the one that was indexed.
  package func checkIsUnchanged() throws {
    guard let now = try? CorpusFingerprint(of: path) else { throw CorpusError.vanished(path) }
    guard now.bytes == bytes, now.modified == modified else { throw CorpusError.changed(path) }
  }
}
