import CFFmpeg
import Glibc

/// Writes .gif with one palette for the whole clip (libavfilter's palettegen and paletteuse).
///
/// The palette is known only after the last frame, so frames wait in a temporary file, not in memory.
final class GifWriter: VideoWriter {
  private let file: UnfinishedFile
  private let timing: WriterTiming
  private let width: Int
  private let height: Int
  private let spoolPath: String
  private let spool: ByteFile
  private let picture: PictureForEncoder
  private let palette: FilterGraph
  private var count = 0

  init(path: String, width: Int, height: Int, frameRate: Rational, times: [Double]?) throws {
    LibavLog.install()
    self.width = width
    self.height = height
    // GIF counts hundredths of a second.
    timing = WriterTiming(frameRate: frameRate, times: times, ticksPerSecond: 100)
    file = try UnfinishedFile(path: path)
    spoolPath = file.temporaryPath + ".frames"
    spool = try ByteFile(spoolPath, mode: "w+", name: path)
    // The open file lives on without its name, and goes with this object whatever happens.
    unlink(spoolPath)
    picture = try PictureForEncoder(width: width, height: height, format: AV_PIX_FMT_RGB24)
    palette = try FilterGraph(
      "[in0]format=bgra,palettegen=reserve_transparent=0[out]",
      inputs: [FilterInput(width: width, height: height, format: AV_PIX_FMT_RGB24)])
  }

  func append(_ frame: Frame) throws {
    frame.requireSize(width, height)
    try spool.write(frame.pixels)
    try naming { try palette.push(numbered(frame.pixels, count), to: 0) }
    count += 1
  }

  func finish() throws {
    guard count > 0 else {
      throw VideoError.unwritable(file.path, reason: "there is no frame to write")
    }
    try naming {
      try palette.push(nil, to: 0)
      guard let colours = try palette.pull() else { throw LibavError.invalidData }
      try encode(with: colours)
    }
    try file.commit()
  }

  private func encode(with colours: DecodedFrame) throws {
    let encoder = try Encoder(
      temporaryPath: file.temporaryPath, container: "gif", name: file.path,
      EncoderSettings(
        codecs: ["gif"], format: AV_PIX_FMT_PAL8, width: width, height: height, timing: timing,
        isBitExact: true))
    let mapping = try FilterGraph(
      "[in0]format=bgra[p];[p][in1]paletteuse[out]",
      inputs: [
        FilterInput(width: width, height: height, format: AV_PIX_FMT_RGB24),
        FilterInput(width: colours.width, height: colours.height, format: colours.format),
      ])
    colours.pointer.pointee.pts = 0
    try mapping.push(colours, to: 1)
    try mapping.push(nil, to: 1)
    spool.goToStart()
    var pixels = [UInt8](repeating: 0, count: width * height * 3)
    for number in 0..<count {
      guard spool.read(into: &pixels) else { throw LibavError(code: cff_error_io) }
      try mapping.push(numbered(pixels, number), to: 0)
      while let mapped = try mapping.pull() { try encoder.encode(mapped) }
    }
    try mapping.push(nil, to: 0)
    while let mapped = try mapping.pull() { try encoder.encode(mapped) }
    try encoder.finish()
  }

  private func numbered(_ pixels: [UInt8], _ number: Int) throws -> DecodedFrame {
    let frame = try picture.frame(pixels)
    frame.pointer.pointee.pts = Int64(number)
    return frame
  }

  private func naming(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as LibavError {
      throw VideoError.unwritable(file.path, reason: error.reason)
    }
  }
}
