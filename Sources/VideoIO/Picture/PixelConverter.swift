import CFFmpeg

/// Decoded planes → RGB by swscale's default flags, with each frame's own matrix and range.
final class PixelConverter {
  /// Size of every picture that comes out, before it is turned.
  let width: Int
  let height: Int

  private struct Source: Equatable {
    var width: Int32
    var height: Int32
    var format: AVPixelFormat
    var matrix: AVColorSpace
    var range: AVColorRange
  }

  private var source: Source?
  private var scaler: OpaquePointer?
  private let output: DecodedFrame

  init(width: Int, height: Int) throws {
    self.width = width
    self.height = height
    output = try DecodedFrame()
    output.pointer.pointee.width = Int32(width)
    output.pointer.pointee.height = Int32(height)
    output.pointer.pointee.format = AV_PIX_FMT_RGB24.rawValue
    try checked(av_frame_get_buffer(output.pointer, 0))
  }

  deinit { sws_freeContext(scaler) }

  /// RGB, row by row, `height · width · 3` bytes.
  func rgb(_ frame: DecodedFrame) throws -> [UInt8] {
    try prepare(for: frame)
    guard let scaler else { throw LibavError.outOfMemory }
    try checked(sws_scale_frame(scaler, output.pointer, frame.pointer))
    let rowBytes = width * 3
    let lineSize = Int(cff_line_size(output.pointer, 0))
    guard let start = cff_plane(output.pointer, 0) else { throw LibavError.outOfMemory }
    return [UInt8](unsafeUninitializedCapacity: rowBytes * height) { pixels, count in
      guard let target = pixels.baseAddress else { return }
      for row in 0..<height {
        (target + row * rowBytes).update(from: start + row * lineSize, count: rowBytes)
      }
      count = rowBytes * height
    }
  }

  private func prepare(for frame: DecodedFrame) throws {
    let needed = Source(
      width: frame.pointer.pointee.width, height: frame.pointer.pointee.height,
      format: frame.format, matrix: frame.pointer.pointee.colorspace,
      range: frame.pointer.pointee.color_range)
    guard needed != source else { return }
    sws_freeContext(scaler)
    scaler = nil
    source = nil
    guard let made = sws_alloc_context() else { throw LibavError.outOfMemory }
    scaler = made
    let options = UnsafeMutableRawPointer(made)
    av_opt_set_int(options, "srcw", Int64(needed.width), 0)
    av_opt_set_int(options, "srch", Int64(needed.height), 0)
    av_opt_set_int(options, "src_format", Int64(needed.format.rawValue), 0)
    av_opt_set_int(options, "dstw", Int64(width), 0)
    av_opt_set_int(options, "dsth", Int64(height), 0)
    av_opt_set_int(options, "dst_format", Int64(AV_PIX_FMT_RGB24.rawValue), 0)
    av_opt_set_int(options, "sws_flags", Int64(SWS_BICUBIC), 0)
    // Chroma of 4:2:0 sits between two rows, as libavfilter's scaler has it.
    if needed.format == AV_PIX_FMT_YUV420P { av_opt_set_int(options, "src_v_chr_pos", 128, 0) }
    try checked(sws_init_context(made, nil, nil))
    setColours(of: made, needed)
    source = needed
  }

  private func setColours(of scaler: OpaquePointer, _ source: Source) {
    var inverse: UnsafeMutablePointer<Int32>?
    var table: UnsafeMutablePointer<Int32>?
    var (inRange, outRange): (Int32, Int32) = (0, 0)
    var (brightness, contrast, saturation): (Int32, Int32, Int32) = (0, 0, 0)
    guard
      sws_getColorspaceDetails(
        scaler, &inverse, &inRange, &table, &outRange, &brightness, &contrast, &saturation) >= 0
    else { return }  // RGB sources have no matrix.
    if source.range != AVCOL_RANGE_UNSPECIFIED {
      inRange = source.range == AVCOL_RANGE_JPEG ? 1 : 0
    }
    let matrix = sws_getCoefficients(Int32(bitPattern: source.matrix.rawValue))
    sws_setColorspaceDetails(
      scaler, matrix, inRange, matrix, outRange, brightness, contrast, saturation)
  }
}
