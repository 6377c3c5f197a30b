import CFFmpeg

/// Turns the packets of one stream into frames, in the order of display.
final class FrameDecoder {
  /// Pictures above this many pixels are refused before memory is taken for them.
  static let maximumPixels: Int64 = 1 << 27

  private let context: UnsafeMutablePointer<AVCodecContext>
  private let packet: Packet
  private var isDraining = false
  private var drainFailures = 0
  /// Packets that the decoder refused since the last flush.
  private(set) var refusedPackets = 0
  private(set) var lastError: LibavError?

  init(parameters: UnsafeMutablePointer<AVCodecParameters>, timeBase: AVRational) throws {
    guard let codec = avcodec_find_decoder(parameters.pointee.codec_id) else {
      throw LibavError(code: cff_error_invalid_data)
    }
    guard let context = avcodec_alloc_context3(codec) else { throw LibavError.outOfMemory }
    do {
      try checked(avcodec_parameters_to_context(context, parameters))
      context.pointee.pkt_timebase = timeBase
      context.pointee.max_pixels = Self.maximumPixels
      // One thread decodes 720p at several hundred frames a second and seeks without delay.
      let pixels = Int(parameters.pointee.width) * Int(parameters.pointee.height)
      context.pointee.thread_count = pixels > 1920 * 1088 ? 0 : 1
      packet = try Packet()
      try checked(avcodec_open2(context, codec, nil))
    } catch {
      var context: UnsafeMutablePointer<AVCodecContext>? = context
      avcodec_free_context(&context)
      throw error
    }
    self.context = context
  }

  deinit {
    var context: UnsafeMutablePointer<AVCodecContext>? = context
    avcodec_free_context(&context)
  }

  /// Only H.264 marks frames that nothing at all refers to.
  var canSkipUnreferenced: Bool { context.pointee.codec_id == AV_CODEC_ID_H264 }

  /// Whether the packets from here on may stay undecoded if no other frame needs them.
  func skipUnreferenced(_ isOn: Bool) {
    context.pointee.skip_frame = isOn ? AVDISCARD_NONREF : AVDISCARD_DEFAULT
  }

  var codecName: String { String(cString: avcodec_get_name(context.pointee.codec_id)) }

  /// Forgets everything, as needed after a seek.
  func flush() {
    avcodec_flush_buffers(context)
    isDraining = false
    drainFailures = 0
    refusedPackets = 0
    lastError = nil
  }

  /// The next frame, nil at the end.
  ///
  /// Damaged packets are skipped and counted.
  func next(from read: (Packet) throws -> Bool) throws -> DecodedFrame? {
    let frame = try DecodedFrame()
    while true {
      let code = avcodec_receive_frame(context, frame.pointer)
      if code >= 0 { return frame }
      if code == cff_error_eof { return nil }
      if code != cff_error_again { refuse(code) }
      if isDraining {
        // A decoder that only fails while it is emptied is as good as empty.
        drainFailures += 1
        if code == cff_error_again || drainFailures > 256 { return nil }
        continue
      }
      if try read(packet) {
        let sent = avcodec_send_packet(context, packet.pointer)
        packet.clear()
        if sent < 0 && sent != cff_error_again { refuse(sent) }
      } else {
        isDraining = true
        avcodec_send_packet(context, nil)
      }
    }
  }

  private func refuse(_ code: Int32) {
    refusedPackets += 1
    lastError = LibavError(code: code)
  }
}
