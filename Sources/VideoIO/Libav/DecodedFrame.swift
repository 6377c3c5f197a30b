import CFFmpeg

/// Owns one frame of libav: planes as the decoder left them, in the stream's own colours.
final class DecodedFrame {
  let pointer: UnsafeMutablePointer<AVFrame>

  init() throws {
    guard let frame = av_frame_alloc() else { throw LibavError.outOfMemory }
    pointer = frame
  }

  /// A second owner of the same planes, whose labels can be changed alone.
  func sharingPlanes() throws -> DecodedFrame {
    let copy = try DecodedFrame()
    try checked(av_frame_ref(copy.pointer, pointer))
    return copy
  }

  deinit {
    var frame: UnsafeMutablePointer<AVFrame>? = pointer
    av_frame_free(&frame)
  }

  var width: Int { Int(pointer.pointee.width) }
  var height: Int { Int(pointer.pointee.height) }
  var format: AVPixelFormat { AVPixelFormat(pointer.pointee.format) }
  /// In ticks of the stream; libav's guess where the stream gives no time.
  var timestamp: Int64? {
    Timestamp.known(pointer.pointee.pts) ?? Timestamp.known(pointer.pointee.best_effort_timestamp)
  }
  var isInterlaced: Bool { pointer.pointee.interlaced_frame != 0 }

  var formatName: String {
    av_get_pix_fmt_name(format).map { String(cString: $0) } ?? "unknown"
  }

  /// The planes one after another without padding, as `ffmpeg -f rawvideo` writes them.
  func planes() throws -> [UInt8] {
    let frame = pointer.pointee
    let size = try checked(av_image_get_buffer_size(format, frame.width, frame.height, 1))
    var bytes = [UInt8](repeating: 0, count: Int(size))
    let data = (0..<4).map { UnsafePointer(cff_plane(pointer, $0)) }
    let lines = (0..<4).map { cff_line_size(pointer, $0) }
    try checked(
      av_image_copy_to_buffer(
        &bytes, size, data, lines, format, frame.width, frame.height, 1))
    return bytes
  }

  /// A fingerprint of the visible samples, the same for the same picture however it was reached.
  func digest() -> UInt64 {
    guard let description = av_pix_fmt_desc_get(format) else { return 0 }
    var sum: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(width) << 32 ^ UInt64(height)
    for plane in 0..<4 {
      guard let start = cff_plane(pointer, Int32(plane)) else { break }
      let bytes = Int(av_image_get_linesize(format, pointer.pointee.width, Int32(plane)))
      guard bytes > 0 else { break }
      let isChroma = plane == 1 || plane == 2
      let shift = isChroma ? Int(description.pointee.log2_chroma_h) : 0
      for row in 0..<((height + (1 << shift) - 1) >> shift) {
        let line = start + row * Int(cff_line_size(pointer, Int32(plane)))
        sum = Self.mixed(sum, UnsafeRawBufferPointer(start: line, count: bytes))
      }
    }
    return sum
  }

  private static func mixed(_ start: UInt64, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var sum = start
    var offset = 0
    while offset + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      sum = (sum ^ word) &* 0x2545_F491_4F6C_DD1D
      sum ^= sum >> 29
      offset += 8
    }
    for index in offset..<bytes.count { sum = (sum ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
    return sum
  }
}

/// Owns one packet of libav.
final class Packet {
  let pointer: UnsafeMutablePointer<AVPacket>

  init() throws {
    guard let packet = av_packet_alloc() else { throw LibavError.outOfMemory }
    pointer = packet
  }

  deinit {
    var packet: UnsafeMutablePointer<AVPacket>? = pointer
    av_packet_free(&packet)
  }

  func clear() { av_packet_unref(pointer) }

  var pts: Int64? { Timestamp.known(pointer.pointee.pts) }
  var dts: Int64? { Timestamp.known(pointer.pointee.dts) }
  var isKey: Bool { pointer.pointee.flags & AV_PKT_FLAG_KEY != 0 }
  var isCorrupt: Bool { pointer.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 }
  /// Decoded for the sake of later frames, but never shown (edit lists).
  var isDiscarded: Bool { pointer.pointee.flags & AV_PKT_FLAG_DISCARD != 0 }
  var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: pointer.pointee.data, count: Int(pointer.pointee.size))
  }
}

enum Timestamp {
  static func known(_ value: Int64) -> Int64? { value == cff_no_timestamp ? nil : value }
}
