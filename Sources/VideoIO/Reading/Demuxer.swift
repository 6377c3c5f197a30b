import CFFmpeg

/// One video stream of one open file, as packets.
final class Demuxer {
  let path: String
  /// Index of the chosen stream in the file.
  let streamIndex: Int
  /// Why reading stopped before the end; nil after a clean end.
  private(set) var readError: LibavError?
  private var context: UnsafeMutablePointer<AVFormatContext>
  private var io: UnsafeMutablePointer<AVIOContext>

  init(path: String, stream: Int?) throws {
    LibavLog.install()
    self.path = path
    let mark = LibavLog.mark
    do {
      (context, io) = try Self.open(path)
    } catch let error as LibavError {
      throw VideoError.unreadable(path, reason: error.reason(since: mark))
    }
    do {
      streamIndex = try Self.choose(stream, in: context, path: path)
    } catch {
      Self.close(context, io)
      throw error
    }
    discardOtherStreams()
  }

  deinit { Self.close(context, io) }

  var stream: AVStream { streamPointer.pointee }
  var parameters: AVCodecParameters { stream.codecpar.pointee }
  var containerName: String { String(cString: context.pointee.iformat.pointee.name) }
  var containerFlags: Int32 { context.pointee.iformat.pointee.flags }

  var streamPointer: UnsafeMutablePointer<AVStream> {
    guard let stream = context.pointee.streams[streamIndex] else {
      preconditionFailure("Stream \(streamIndex) of \(path) has gone.")
    }
    return stream
  }

  /// Seconds per unit of this stream's timestamps.
  var secondsPerTick: Double { av_q2d(stream.time_base) }

  /// Puts the stream's next packet into `packet`; false at the end of the file or of what is readable.
  func read(into packet: Packet) -> Bool {
    var retries = 0
    while true {
      packet.clear()
      let code = av_read_frame(context, packet.pointer)
      if code == cff_error_again && retries < 100 {
        retries += 1
        continue
      }
      if code < 0 {
        let failed = code == cff_error_eof ? io.pointee.error : code
        if failed < 0 && failed != cff_error_eof { readError = LibavError(code: failed) }
        return false
      }
      if Int(packet.pointer.pointee.stream_index) == streamIndex { return true }
    }
  }

  /// Goes to a place at or before `timestamp`, as near as the container knows.
  func seek(to timestamp: Int64) -> Bool {
    readError = nil
    return avformat_seek_file(context, Int32(streamIndex), .min, timestamp, timestamp, 0) >= 0
  }

  /// Opens the file afresh, which is the one way to its start that every container allows.
  func rewind() throws {
    let mark = LibavLog.mark
    do {
      let (newContext, newIO) = try Self.open(path)
      Self.close(context, io)
      (context, io) = (newContext, newIO)
    } catch let error as LibavError {
      throw VideoError.unreadable(path, reason: error.reason(since: mark))
    }
    guard streamIndex < Int(context.pointee.nb_streams) else {
      throw VideoError.unreadable(path, reason: "it changed while it was open")
    }
    readError = nil
    discardOtherStreams()
  }

  private func discardOtherStreams() {
    for index in 0..<Int(context.pointee.nb_streams) where index != streamIndex {
      context.pointee.streams[index]?.pointee.discard = AVDISCARD_ALL
    }
  }

  // MARK: - Opening

  /// Containers that are lists of other files.
  private static let playlists: Set<String> = ["hls", "concat", "dash"]

  /// Opens by content alone: names neither choose the format nor reach beyond this one file.
  private static func open(
    _ path: String
  ) throws -> (UnsafeMutablePointer<AVFormatContext>, UnsafeMutablePointer<AVIOContext>) {
    var io: UnsafeMutablePointer<AVIOContext>?
    try checked(avio_open2(&io, "file:" + path, AVIO_FLAG_READ, nil, nil))
    guard let io else { throw LibavError.outOfMemory }
    do {
      var format: UnsafePointer<AVInputFormat>?
      try checked(av_probe_input_buffer2(io, &format, "", nil, 0, 0))
      if let format, playlists.contains(String(cString: format.pointee.name)) {
        throw VideoError.unreadable(path, reason: "it is a list of other files; name one of those")
      }
      var context = avformat_alloc_context()
      guard let created = context else { throw LibavError.outOfMemory }
      created.pointee.pb = io
      var options: OpaquePointer?
      // The file is open already, and no protocol has this name: nothing else can be opened.
      av_dict_set(&options, "protocol_whitelist", "none", 0)
      defer { av_dict_free(&options) }
      // On failure avformat_open_input frees the context itself.
      try checked(avformat_open_input(&context, "file:" + path, format, &options))
      guard let opened = context else { throw LibavError.outOfMemory }
      let found = avformat_find_stream_info(opened, nil)
      if found < 0 {
        avformat_close_input(&context)
        throw LibavError(code: found)
      }
      return (opened, io)
    } catch {
      closeIO(io)
      throw error
    }
  }

  private static func close(
    _ context: UnsafeMutablePointer<AVFormatContext>, _ io: UnsafeMutablePointer<AVIOContext>
  ) {
    var context: UnsafeMutablePointer<AVFormatContext>? = context
    avformat_close_input(&context)
    closeIO(io)
  }

  private static func closeIO(_ io: UnsafeMutablePointer<AVIOContext>) {
    var io: UnsafeMutablePointer<AVIOContext>? = io
    avio_closep(&io)
  }

  // MARK: - Choosing a stream

  private static func choose(
    _ wanted: Int?, in context: UnsafeMutablePointer<AVFormatContext>, path: String
  ) throws -> Int {
    let streams = (0..<Int(context.pointee.nb_streams)).filter {
      context.pointee.streams[$0]?.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_VIDEO
    }
    guard !streams.isEmpty else { throw VideoError.noVideoStream(path) }
    if let wanted {
      guard streams.contains(wanted) else {
        throw VideoError.noSuchStream(path, stream: wanted, available: streams)
      }
      return wanted
    }
    // The cover picture of a song is not a clip.
    let moving = streams.filter { !isCover(context.pointee.streams[$0]) }
    guard let first = moving.first else { throw VideoError.noVideoStream(path) }
    let best = Int(av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0))
    return moving.contains(best) ? best : first
  }

  private static func isCover(_ stream: UnsafeMutablePointer<AVStream>?) -> Bool {
    guard let stream else { return true }
    return stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0
  }
}
