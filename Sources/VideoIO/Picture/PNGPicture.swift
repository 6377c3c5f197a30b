import CFFmpeg

/// Pictures as PNG bytes in memory.
package enum PNGPicture {
  /// A complete PNG file.
  package static func encode(_ frame: Frame) throws -> [UInt8] {
    LibavLog.install()
    return try naming("a picture") {
      guard let codec = avcodec_find_encoder(AV_CODEC_ID_PNG),
        let context = avcodec_alloc_context3(codec)
      else { throw LibavError.outOfMemory }
      defer { free(context) }
      context.pointee.width = Int32(frame.width)
      context.pointee.height = Int32(frame.height)
      context.pointee.pix_fmt = AV_PIX_FMT_RGB24
      context.pointee.time_base = AVRational(num: 1, den: 25)
      context.pointee.thread_count = 1
      let picture = try PictureForEncoder(
        width: frame.width, height: frame.height, format: AV_PIX_FMT_RGB24)
      try checked(avcodec_open2(context, codec, nil))
      try checked(avcodec_send_frame(context, picture.frame(frame.pixels).pointer))
      let packet = try Packet()
      try checked(avcodec_receive_packet(context, packet.pointer))
      return Array(packet.bytes)
    }
  }

  /// The picture of a PNG file's bytes; at most 2²⁷ pixels.
  package static func decode(_ bytes: [UInt8]) throws -> Frame {
    LibavLog.install()
    return try naming("a PNG picture") {
      guard let codec = avcodec_find_decoder(AV_CODEC_ID_PNG),
        let context = avcodec_alloc_context3(codec)
      else { throw LibavError.outOfMemory }
      defer { free(context) }
      context.pointee.thread_count = 1
      context.pointee.max_pixels = FrameDecoder.maximumPixels
      try checked(avcodec_open2(context, codec, nil))
      let packet = try Packet()
      try checked(av_new_packet(packet.pointer, Int32(bytes.count)))
      bytes.withUnsafeBufferPointer { source in
        guard let from = source.baseAddress else { return }
        packet.pointer.pointee.data.update(from: from, count: source.count)
      }
      try checked(avcodec_send_packet(context, packet.pointer))
      let frame = try DecodedFrame()
      try checked(avcodec_receive_frame(context, frame.pointer))
      let converter = try PixelConverter(width: frame.width, height: frame.height)
      return Frame(
        width: frame.width, height: frame.height, pixels: try converter.rgb(frame), time: 0)
    }
  }

  private static func naming<Result>(_ what: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as LibavError {
      throw VideoError.unwritable(what, reason: error.reason)
    }
  }

  private static func free(_ context: UnsafeMutablePointer<AVCodecContext>) {
    var context: UnsafeMutablePointer<AVCodecContext>? = context
    avcodec_free_context(&context)
  }
}
