import CFFmpeg

/// Opens whatever stands at a path: a video file, a picture or a folder of pictures.
struct ClipOpening {
  let source: any FrameSource
  let description: SourceDescription

  init(path: String, stream: Int?, shouldStop: () -> Bool) throws {
    switch FileKind(of: path) {
    case .missing: throw VideoError.notFound(path)
    case .other: throw VideoError.unreadable(path, reason: "it is neither a file nor a folder")
    case .folder: try self.init(folder: path)
    case .file: try self.init(file: path, stream: stream, shouldStop)
    }
  }

  // MARK: - Pictures

  private init(folder path: String) throws {
    let folder = try PictureFolder(path: path)
    let (first, codec) = try folder.openedPicture(at: 0)
    source = folder
    description = SourceDescription(
      container: "pictures", codec: codec, stream: 0,
      timing: ClipTiming(count: folder.names.count, frameRate: ClipTiming.pictureRate),
      firstFrame: first, orientation: Orientation.found(in: first, stream: nil).orientation,
      aspect: first.aspect(container: AVRational(num: 0, den: 1)), isInterlaced: false, notices: [])
  }

  // MARK: - Files

  private init(file path: String, stream: Int?, _ shouldStop: () -> Bool) throws {
    let demuxer = try Demuxer(path: path, stream: stream)
    let decoder = try Self.decoder(for: demuxer)
    var notices: [String] = []
    let video: VideoStream
    let first: DecodedFrame
    if let (stream, frame) = try Self.indexed(demuxer, decoder, shouldStop) {
      (video, first) = (stream, frame)
    } else {
      (video, first) = try Self.decoded(path, demuxer.streamIndex, shouldStop, &notices)
    }
    // AVI counts frames that were never stored.
    let promised = demuxer.containerName == "avi" ? 0 : Int(demuxer.stream.nb_frames)
    if promised > video.index.count && notices.isEmpty {
      notices.append("its header promises \(promised) frames; \(video.index.count) are there")
    }
    let (orientation, tilt) = Orientation.found(
      in: first, stream: demuxer.streamPointer)
    if let tilt { notices.append(tilt) }
    source = video
    description = SourceDescription(
      container: demuxer.containerName, codec: decoder.codecName, stream: demuxer.streamIndex,
      timing: Self.timing(of: video.index, in: demuxer), firstFrame: first,
      orientation: orientation,
      aspect: first.aspect(container: demuxer.stream.sample_aspect_ratio),
      isInterlaced: Self.isInterlaced(first, demuxer.parameters),
      notices: notices)
  }

  private static func decoder(for demuxer: Demuxer) throws -> FrameDecoder {
    guard avcodec_find_decoder(demuxer.parameters.codec_id) != nil else {
      let name = String(cString: avcodec_get_name(demuxer.parameters.codec_id))
      throw VideoError.unreadable(
        demuxer.path, reason: "this build of libav has no decoder for \(name)")
    }
    return try opening(demuxer.path) {
      try FrameDecoder(parameters: demuxer.stream.codecpar, timeBase: demuxer.stream.time_base)
    }
  }

  /// A stream whose packets tell all there is to know; nil if it has to be decoded to be sure.
  private static func indexed(
    _ demuxer: Demuxer, _ decoder: FrameDecoder, _ shouldStop: () -> Bool
  ) throws -> (VideoStream, DecodedFrame)? {
    guard let index = try PacketIndex.build(demuxer, shouldStop: shouldStop) else { return nil }
    let stream = try VideoStream(demuxer: demuxer, decoder: decoder, index: index)
    guard let first = try stream.firstFrameIfAsIndexed() else { return nil }
    return (stream, first)
  }

  private static func decoded(
    _ path: String, _ stream: Int, _ shouldStop: () -> Bool, _ notices: inout [String]
  ) throws -> (VideoStream, DecodedFrame) {
    let demuxer = try Demuxer(path: path, stream: stream)
    let decoder = try self.decoder(for: demuxer)
    let mark = LibavLog.mark
    let found = try DecodedIndex(demuxer, decoder, shouldStop: shouldStop)
    guard let first = found.firstFrame else {
      let reason = found.lastError?.reason(since: mark) ?? "its video stream is empty"
      throw VideoError.nothingDecodes(path, reason: reason)
    }
    if found.refusedPackets > 0 || found.lastError != nil {
      notices.append(
        "damaged: \(found.index.count) frames could be decoded from \(found.packets) packets")
    }
    let video = try VideoStream(demuxer: demuxer, decoder: decoder, index: found.index)
    return (video, first)
  }

  private static func timing(of index: FrameIndex, in demuxer: Demuxer) -> ClipTiming {
    let stream = demuxer.stream
    let claims = [stream.avg_frame_rate, stream.r_frame_rate].map {
      Rational(Int($0.num), Int($0.den))
    }
    return ClipTiming(
      index: index, secondsPerTick: demuxer.secondsPerTick, claimedRates: claims)
  }

  private static func isInterlaced(
    _ frame: DecodedFrame, _ parameters: AVCodecParameters
  ) -> Bool {
    frame.isInterlaced
      || [AV_FIELD_TT, AV_FIELD_BB, AV_FIELD_TB, AV_FIELD_BT].contains(parameters.field_order)
  }
}
