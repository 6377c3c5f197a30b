import CFFmpeg

/// RGB bytes → the frame that an encoder wants, in one reused buffer.
final class PictureForEncoder {
  private let width: Int
  private let height: Int
  private let packed: DecodedFrame
  private let target: DecodedFrame
  private var scaler: OpaquePointer?

  /// - Parameter paddedToEven: odd sides get one more line, a repeat of the last.
  init(width: Int, height: Int, format: AVPixelFormat, paddedToEven: Bool = false) throws {
    self.width = width
    self.height = height
    let outWidth = paddedToEven ? (width + 1) & ~1 : width
    let outHeight = paddedToEven ? (height + 1) & ~1 : height
    packed = try Self.buffer(outWidth, outHeight, AV_PIX_FMT_RGB24)
    target = format == AV_PIX_FMT_RGB24 ? packed : try Self.buffer(outWidth, outHeight, format)
    guard format != AV_PIX_FMT_RGB24 && format != AV_PIX_FMT_BGR0 else { return }
    scaler = sws_getContext(
      Int32(outWidth), Int32(outHeight), AV_PIX_FMT_RGB24, Int32(outWidth), Int32(outHeight),
      format, SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, nil, nil, nil)
    guard scaler != nil else { throw LibavError.outOfMemory }
    let matrix = sws_getCoefficients(SWS_CS_ITU709)
    sws_setColorspaceDetails(scaler, matrix, 1, matrix, 0, 0, 1 << 16, 1 << 16)
  }

  deinit { sws_freeContext(scaler) }

  var paddedWidth: Int { packed.width }
  var paddedHeight: Int { packed.height }

  /// Valid until the next call.
  func frame(_ pixels: [UInt8]) throws -> DecodedFrame {
    try checked(av_frame_make_writable(packed.pointer))
    fillPacked(pixels)
    guard target !== packed else { return packed }
    try checked(av_frame_make_writable(target.pointer))
    if let scaler {
      try checked(sws_scale_frame(scaler, target.pointer, packed.pointer))
    } else {
      fillBlueGreenRed()
    }
    return target
  }

  private func fillPacked(_ pixels: [UInt8]) {
    guard let start = cff_plane(packed.pointer, 0) else { return }
    let lineSize = Int(cff_line_size(packed.pointer, 0))
    pixels.withUnsafeBufferPointer { source in
      guard let source = source.baseAddress else { return }
      for row in 0..<packed.height {
        let line = start + row * lineSize
        let from = source + min(row, height - 1) * width * 3
        line.update(from: from, count: width * 3)
        if packed.width > width {
          (line + width * 3).update(from: from + (width - 1) * 3, count: 3)
        }
      }
    }
  }

  private func fillBlueGreenRed() {
    guard let from = cff_plane(packed.pointer, 0), let to = cff_plane(target.pointer, 0) else {
      return
    }
    for row in 0..<packed.height {
      let source = from + row * Int(cff_line_size(packed.pointer, 0))
      let line = to + row * Int(cff_line_size(target.pointer, 0))
      for column in 0..<packed.width {
        line[column * 4] = source[column * 3 + 2]
        line[column * 4 + 1] = source[column * 3 + 1]
        line[column * 4 + 2] = source[column * 3]
        line[column * 4 + 3] = 0
      }
    }
  }

  private static func buffer(
    _ width: Int, _ height: Int, _ format: AVPixelFormat
  ) throws -> DecodedFrame {
    let frame = try DecodedFrame()
    frame.pointer.pointee.width = Int32(width)
    frame.pointer.pointee.height = Int32(height)
    frame.pointer.pointee.format = format.rawValue
    try checked(av_frame_get_buffer(frame.pointer, 0))
    return frame
  }
}
