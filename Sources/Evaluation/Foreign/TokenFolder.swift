import FoundationEssentials
import Glibc
import Tensors
import Tokenization

/// Raw tokens with a metadata.json beside them, as 1X publishes its world model's: `video.bin` of
/// uint32 [N, s, s] with `segment_ids.bin` of int32 [N], or shards `video_0.bin`, `video_1.bin`, ….
///
/// Read in portions, so that memory does not grow with the file.
package struct TokenFolder: Sendable {
  private let path: String
  private let metadata: Metadata
  private let files: [String]
  private let type: ElementType
  private let format: CodeFormat
  package private(set) var notices: [String] = []

  private struct Metadata: Decodable {
    var tokenType: String?
    var side: Int?
    var height: Int?
    var width: Int?
    var codes: Int?
    var images: Int?

    enum CodingKeys: String, CodingKey {
      case tokenType = "token_dtype"
      case side = "s"
      case height = "h"
      case width = "w"
      case codes = "vocab_size"
      case images = "num_images"
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      // A field of another kind says nothing, as if it were not there.
      tokenType = try? values.decode(String.self, forKey: .tokenType)
      side = try? values.decode(Int.self, forKey: .side)
      height = try? values.decode(Int.self, forKey: .height)
      width = try? values.decode(Int.self, forKey: .width)
      codes = try? values.decode(Int.self, forKey: .codes)
      images = try? values.decode(Int.self, forKey: .images)
    }
  }

  /// Whether a path is such a folder, or one of its files.
  package static func isOne(_ path: String) -> Bool {
    path.hasSuffix(".bin") || access("\(path)/metadata.json", F_OK) == 0
  }

  /// - Parameters:
  ///   - path: of the folder, or of one .bin file beside its metadata.json.
  ///   - told: what people said about the codes; else metadata.json must say it.
  package init(_ path: String, as told: CodeFormat?) throws {
    self.path = path
    let isFile = path.hasSuffix(".bin")
    let folder =
      isFile
      ? String(
        path.split(separator: "/", omittingEmptySubsequences: false)
          .dropLast().joined(separator: "/")) : path
    let place = folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder
    let json = "\(place)/metadata.json"
    let bytes =
      access(json, F_OK) == 0 ? try WholeFile.read(json, limit: 1 << 20) : [UInt8]("{}".utf8)
    do {
      metadata = try JSONDecoder().decode(Metadata.self, from: Data(bytes))
    } catch {
      throw CodeFileError.badDump(json, reason: "it is no JSON object")
    }
    files = isFile ? [path] : TokenFolder.tokenFiles(in: place)
    guard !files.isEmpty else {
      throw CodeFileError.badDump(path, reason: "has no video.bin beside its metadata.json")
    }
    guard let type = TokenFolder.type(metadata.tokenType ?? "uint32") else {
      throw CodeFileError.badDump(
        path,
        reason: "its tokens are \((metadata.tokenType ?? "").quotedForMessage), not whole numbers")
    }
    self.type = type
    let said = CodeFormat(
      bits: nil, codes: metadata.codes, bitOrder: .msb, quantizer: nil)
    guard let format = told ?? said else { throw CodeFileError.unknownCodebook(path) }
    self.format = format
    if told == nil, format.codebookSize > 2, format.width != nil {
      notices.append(
        "if its \(format.codebookSize) codes are made of bits, --bits "
          + "\(format.codebookSize.trailingZeroBitCount) shows each of them, with --bit-order lsb "
          + "for Open-MAGVIT2's")
    }
  }

  private static func type(_ name: String) -> ElementType? {
    let types: [String: ElementType] = [
      "uint8": .uint8, "uint16": .uint16, "int16": .int16, "uint32": .uint32, "int32": .int32,
      "int64": .int64, "uint64": .uint64,
    ]
    return types[name.split(separator: ".").last.map(String.init) ?? name]
  }

  /// video.bin, else the shards by their numbers.
  private static func tokenFiles(in folder: String) -> [String] {
    var found: [(number: Int, path: String)] = []
    for place in [folder, "\(folder)/videos"] {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
      where name.hasPrefix("video") && name.hasSuffix(".bin") {
        let number = name.dropFirst(5).dropLast(4).drop { $0 == "_" }
        guard let shard = number.isEmpty ? -1 : Int(number) else { continue }
        found.append((shard, "\(place)/\(name)"))
      }
    }
    return found.sorted { ($0.number, $0.path) < ($1.number, $1.path) }.map(\.path)
  }

  // MARK: Reading

  private static let portion = 8 << 20

  /// Counts all tokens as level 1; a clip is what has one segment's number, or a whole file.
  package mutating func usage() throws -> CodebookUsage {
    var usage = format.emptyUsage
    for file in files { try count(file, into: &usage) }
    guard usage.histograms[1]?.tokens ?? 0 > 0 else { throw CodeFileError.empty(path) }
    return usage
  }

  private mutating func count(_ file: String, into usage: inout CodebookUsage) throws {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw CodeFileError.badDump(file, reason: "cannot be read") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw CodeFileError.badDump(file, reason: "is not a plain file")
    }
    let segments = segmentNumbers(beside: file)
    let frame = frameSize
    var counter = Counter(codes: format.codebookSize)
    var rest: [UInt8] = []
    var position = 0
    while true {
      let bytes = rest + (try TokenFolder.next(descriptor, of: file))
      guard bytes.count > rest.count else { break }
      let whole = bytes.count / type.size
      rest = Array(bytes[(whole * type.size)...])
      let array = StoredTensor(
        type: type, shape: [whole], bytes: Array(bytes[..<(whole * type.size)]))
      guard let integers = array.integers else {
        throw CodeFileError.outOfRange(file, value: -1, size: format.codebookSize)
      }
      for integer in integers {
        guard integer >= 0, integer < format.codebookSize else {
          throw CodeFileError.outOfRange(file, value: integer, size: format.codebookSize)
        }
        let segment = segments.isEmpty ? 0 : segments[min(position / frame, segments.count - 1)]
        counter.add(UInt32(integer), segment: segment, to: &usage)
        position += 1
      }
    }
    counter.finish(format, &usage)
    let name = file.split(separator: "/").last.map(String.init) ?? file
    if !rest.isEmpty { notices.append("\(name) breaks off within a token") }
    if position % frame != 0 {
      notices.append("\(name) breaks off within a frame of \(frame) tokens")
    }
  }

  /// The next bytes; none at the end.
  private static func next(_ descriptor: Int32, of file: String) throws -> [UInt8] {
    while true {
      var count = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: portion) { buffer, initialized in
        count = read(descriptor, buffer.baseAddress, portion)
        initialized = max(0, count)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw CodeFileError.badDump(file, reason: "cannot be read to its end")
      }
      return bytes
    }
  }

  private var frameSize: Int {
    let (height, width) = (metadata.height ?? metadata.side, metadata.width ?? metadata.side)
    guard let height, let width, (1...4096).contains(height), (1...4096).contains(width) else {
      return 256
    }
    return height * width
  }

  /// Of each frame; none where there is no such file.
  private func segmentNumbers(beside file: String) -> [Int] {
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    let path = (folder.isEmpty ? "" : folder + "/") + "segment_ids.bin"
    guard let bytes = try? WholeFile.read(path, limit: 1 << 30), bytes.count.isMultiple(of: 4)
    else {
      return []
    }
    return StoredTensor(type: .int32, shape: [bytes.count / 4], bytes: bytes).integers ?? []
  }
}

/// Counts codes of one clip after the other, each in a table where there are few enough codes.
private struct Counter {
  private static let largestTable = 1 << 22

  private var table: [Int]
  /// The clip in which each code was last seen.
  private var seenIn: [Int32]
  private var histogram: [UInt32: Int] = [:]
  private var seen: Set<UInt32> = []
  private var segment: Int?
  private var clip: Int32 = 0
  private var tokens = 0
  private var used = 0
  private let codes: Int

  init(codes: Int) {
    self.codes = codes
    let size = codes <= Self.largestTable ? codes : 0
    table = [Int](repeating: 0, count: size)
    seenIn = [Int32](repeating: -1, count: size)
  }

  mutating func add(_ code: UInt32, segment next: Int, to usage: inout CodebookUsage) {
    if segment != next {
      endClip(&usage)
      segment = next
    }
    tokens += 1
    guard !table.isEmpty else {
      histogram[code, default: 0] += 1
      if seen.insert(code).inserted { used += 1 }
      return
    }
    table[Int(code)] += 1
    if seenIn[Int(code)] != clip {
      seenIn[Int(code)] = clip
      used += 1
    }
  }

  private mutating func endClip(_ usage: inout CodebookUsage) {
    usage.addClip(tokens: tokens, used: used, level: 1)
    (tokens, used) = (0, 0)
    clip &+= 1
    seen = []
  }

  mutating func finish(_ format: CodeFormat, _ usage: inout CodebookUsage) {
    endClip(&usage)
    for (code, count) in table.enumerated() where count > 0 {
      usage.add(format.ordered(UInt32(code)), times: count, level: 1)
    }
    for (code, count) in histogram { usage.add(format.ordered(code), times: count, level: 1) }
  }
}
