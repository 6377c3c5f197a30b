import CFFmpeg
import Glibc

/// Writes a folder of .png, `frame-000001.png` and on, or a single picture.
final class PictureWriter: VideoWriter {
  private let file: UnfinishedFile
  private let isFolder: Bool
  private let width: Int
  private let height: Int
  private let picture: PictureForEncoder
  private var count = 0

  init(path: String, width: Int, height: Int, isFolder: Bool) throws {
    LibavLog.install()
    self.width = width
    self.height = height
    self.isFolder = isFolder
    picture = try PictureForEncoder(width: width, height: height, format: AV_PIX_FMT_RGB24)
    file = try UnfinishedFile(path: path, isFolder: isFolder)
    if isFolder && mkdir(file.temporaryPath, 0o755) != 0 {
      throw VideoError.unwritable(path, reason: systemReason())
    }
  }

  func append(_ frame: Frame) throws {
    frame.requireSize(width, height)
    count += 1
    guard isFolder || count == 1 else {
      throw VideoError.unwritable(
        file.path, reason: "a picture holds one frame; give a folder, .mp4, .mkv, .gif or .npy")
    }
    let digits = String(count)
    let number = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    let path = isFolder ? file.temporaryPath + "/frame-\(number).png" : file.temporaryPath
    let output = try ByteFile(path, mode: "w", name: file.path)
    let encoded = try encode(frame)
    try output.write(encoded.bytes)
    try output.close()
  }

  func finish() throws {
    guard count > 0 || isFolder else {
      throw VideoError.unwritable(file.path, reason: "there is no frame to write")
    }
    try file.commit()
  }

  /// A fresh encoder for each picture: one file, one complete PNG.
  private func encode(_ frame: Frame) throws -> Packet {
    do {
      guard let codec = avcodec_find_encoder(AV_CODEC_ID_PNG),
        let context = avcodec_alloc_context3(codec)
      else { throw LibavError.outOfMemory }
      defer {
        var context: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&context)
      }
      context.pointee.width = Int32(width)
      context.pointee.height = Int32(height)
      context.pointee.pix_fmt = AV_PIX_FMT_RGB24
      context.pointee.time_base = AVRational(num: 1, den: 25)
      context.pointee.thread_count = 1
      try checked(avcodec_open2(context, codec, nil))
      try checked(avcodec_send_frame(context, picture.frame(frame.pixels).pointer))
      let packet = try Packet()
      try checked(avcodec_receive_packet(context, packet.pointer))
      return packet
    } catch let error as LibavError {
      throw VideoError.unwritable(file.path, reason: error.reason)
    }
  }
}
