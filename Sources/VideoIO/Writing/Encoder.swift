import CFFmpeg

/// What an encoder is asked for.
struct EncoderSettings {
  /// Tried in this order; the first that this libav has is taken.
  var codecs: [String]
  var format: AVPixelFormat
  var width: Int
  var height: Int
  var timing: WriterTiming
  var options: [String: [String: String]] = [:]
  /// Same frames, same bytes: one thread, nothing about the machine or the program in the file.
  var isBitExact = false
  /// Colours are labelled BT.709, limited range.
  var isVideoColour = false
}

/// One encoder and the file that its packets go to.
final class Encoder {
  private let name: String
  private let timing: WriterTiming
  private let isBitExact: Bool
  private var muxer: UnsafeMutablePointer<AVFormatContext>
  private var context: UnsafeMutablePointer<AVCodecContext>
  private let packet: Packet
  private var durations: [Int64: Int64] = [:]
  private var count = 0
  private var isFileOpen = false

  /// - Parameters:
  ///   - container: libav's name of the format.
  ///   - name: what errors call the file.
  init(temporaryPath: String, container: String, name: String, _ settings: EncoderSettings) throws {
    LibavLog.install()
    self.name = name
    timing = settings.timing
    isBitExact = settings.isBitExact
    packet = try Packet()
    let found = settings.codecs.lazy.compactMap { codec in
      avcodec_find_encoder_by_name(codec).map { (codec, $0) }
    }.first
    guard let (codecName, codec) = found else {
      throw VideoError.unwritable(
        name, reason: "this libav cannot encode " + settings.codecs.joined(separator: " or "))
    }
    var muxer: UnsafeMutablePointer<AVFormatContext>?
    avformat_alloc_output_context2(&muxer, nil, container, temporaryPath)
    guard let muxer else {
      throw VideoError.unwritable(name, reason: "this libav cannot write \(container)")
    }
    guard let context = avcodec_alloc_context3(codec) else {
      avformat_free_context(muxer)
      throw LibavError.outOfMemory
    }
    self.muxer = muxer
    self.context = context
    configure(settings, options: settings.options[codecName] ?? [:])
    let mark = LibavLog.mark
    do {
      try start(codec, temporaryPath, settings)
    } catch let error as LibavError {
      throw VideoError.unwritable(name, reason: error.reason(since: mark))
    }
  }

  deinit {
    var context: UnsafeMutablePointer<AVCodecContext>? = context
    avcodec_free_context(&context)
    if isFileOpen { avio_closep(&muxer.pointee.pb) }
    avformat_free_context(muxer)
  }

  /// Encodes the next frame in order; its time is set here.
  func encode(_ frame: DecodedFrame) throws {
    let start = timing.start(of: count)
    frame.pointer.pointee.pts = start
    frame.pointer.pointee.pict_type = AV_PICTURE_TYPE_NONE
    durations[start] = timing.duration(of: count)
    count += 1
    try naming { try send(frame.pointer) }
  }

  /// Writes what is left and closes the file.
  func finish() throws {
    try naming {
      try send(nil)
      try checked(av_write_trailer(muxer))
      isFileOpen = false
      try checked(avio_closep(&muxer.pointee.pb))
    }
  }

  // MARK: - Setting up

  private func configure(_ settings: EncoderSettings, options: [String: String]) {
    context.pointee.width = Int32(settings.width)
    context.pointee.height = Int32(settings.height)
    context.pointee.pix_fmt = settings.format
    context.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
    context.pointee.time_base = timing.timeBase
    context.pointee.framerate = AVRational(
      num: Int32(timing.frameRate.numerator), den: Int32(timing.frameRate.denominator))
    if settings.isVideoColour {
      context.pointee.colorspace = AVCOL_SPC_BT709
      context.pointee.color_primaries = AVCOL_PRI_BT709
      context.pointee.color_trc = AVCOL_TRC_BT709
      context.pointee.color_range = AVCOL_RANGE_MPEG
    }
    if muxer.pointee.oformat.pointee.flags & AVFMT_GLOBALHEADER != 0 {
      context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
    }
    if settings.isBitExact {
      context.pointee.thread_count = 1
      context.pointee.flags |= AV_CODEC_FLAG_BITEXACT
      muxer.pointee.flags |= AVFMT_FLAG_BITEXACT
    }
    for (key, value) in options {
      av_opt_set(context, key, value, AV_OPT_SEARCH_CHILDREN)
    }
  }

  private func start(
    _ codec: UnsafePointer<AVCodec>, _ path: String, _ settings: EncoderSettings
  ) throws {
    try checked(avcodec_open2(context, codec, nil))
    guard let stream = avformat_new_stream(muxer, nil) else { throw LibavError.outOfMemory }
    stream.pointee.time_base = timing.timeBase
    stream.pointee.avg_frame_rate = context.pointee.framerate
    stream.pointee.sample_aspect_ratio = context.pointee.sample_aspect_ratio
    try checked(avcodec_parameters_from_context(stream.pointee.codecpar, context))
    try checked(avio_open2(&muxer.pointee.pb, "file:" + path, AVIO_FLAG_WRITE, nil, nil))
    isFileOpen = true
    try checked(avformat_write_header(muxer, nil))
  }

  // MARK: - Packets

  private func send(_ frame: UnsafeMutablePointer<AVFrame>?) throws {
    try checked(avcodec_send_frame(context, frame))
    guard let stream = muxer.pointee.streams[0] else { throw LibavError.invalidData }
    while true {
      let code = avcodec_receive_packet(context, packet.pointer)
      if code == cff_error_again || code == cff_error_eof { return }
      try checked(code)
      let pts = packet.pointer.pointee.pts
      packet.pointer.pointee.duration = durations.removeValue(forKey: pts) ?? 0
      packet.pointer.pointee.stream_index = 0
      av_packet_rescale_ts(packet.pointer, timing.timeBase, stream.pointee.time_base)
      try checked(av_interleaved_write_frame(muxer, packet.pointer))
      try checked(muxer.pointee.pb.pointee.error)
    }
  }

  private func naming(_ body: () throws -> Void) throws {
    let mark = LibavLog.mark
    do {
      try body()
    } catch let error as LibavError {
      throw VideoError.unwritable(name, reason: error.reason(since: mark))
    }
  }
}
