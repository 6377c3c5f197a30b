/// A folder of numbered pictures, read as one clip.
final class PictureFolder: FrameSource {
  private static let endings: Set<String> = [
    "png", "jpg", "jpeg", "bmp", "webp", "tif", "tiff", "ppm", "pgm", "pnm", "pbm", "pam", "jp2",
    "tga", "exr", "qoi", "avif",
  ]

  let path: String
  /// Names within the folder, in the order of their numbers.
  let names: [String]

  /// Lists the pictures; none is opened yet.
  init(path: String) throws {
    self.path = path
    names = namesInFolder(path).filter(Self.isPicture).sorted(by: Self.comesBefore)
    if names.isEmpty { throw VideoError.noPictures(path) }
  }

  func decodedFrame(
    at index: Int, passing: (Int, DecodedFrame) throws -> Void = { _, _ in }
  ) throws -> DecodedFrame {
    try openedPicture(at: index).frame
  }

  /// The first frame of one picture file, with its codec's name.
  func openedPicture(at index: Int) throws -> (frame: DecodedFrame, codec: String) {
    let file = path + "/" + names[index]
    let demuxer = try Demuxer(path: file, stream: nil)
    let mark = LibavLog.mark
    let decoder = try opening(file) {
      try FrameDecoder(
        parameters: demuxer.stream.codecpar, timeBase: demuxer.stream.time_base)
    }
    guard let frame = try decoder.next(from: demuxer.read) else {
      let error = decoder.lastError ?? .invalidData
      throw VideoError.nothingDecodes(file, reason: error.reason(since: mark))
    }
    return (frame, decoder.codecName)
  }

  private static func isPicture(_ name: String) -> Bool {
    guard !name.hasPrefix("."), let dot = name.lastIndex(of: ".") else { return false }
    return endings.contains(name[name.index(after: dot)...].lowercased())
  }

  /// Numbers in names compare as numbers: frame2 comes before frame10.
  private static func comesBefore(_ left: String, _ right: String) -> Bool {
    var (a, b) = (left.utf8[...], right.utf8[...])
    while let x = a.first, let y = b.first {
      if isDigit(x) && isDigit(y) {
        let (m, n) = (number(&a), number(&b))
        if m.count != n.count { return m.count < n.count }
        if !m.elementsEqual(n) { return m.lexicographicallyPrecedes(n) }
      } else {
        if x != y { return x < y }
        a.removeFirst()
        b.removeFirst()
      }
    }
    return a.count != b.count ? a.count < b.count : left < right
  }

  /// Takes the digits at the front, without leading zeros.
  private static func number(_ text: inout Substring.UTF8View) -> Substring.UTF8View {
    let digits = text.prefix(while: isDigit)
    text = text.dropFirst(digits.count)
    return digits.drop { $0 == UInt8(ascii: "0") }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
  }
}

/// Runs `body`, naming the file in what libav refuses.
func opening<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
  let mark = LibavLog.mark
  do {
    return try body()
  } catch let error as LibavError {
    throw VideoError.unreadable(path, reason: error.reason(since: mark))
  }
}
