import CFFmpeg

/// What a packet's first bytes tell without decoding it.
enum PacketVerdict {
  case shown
  /// Decodes to a frame that is only ever a reference.
  case hidden
  case damaged
}

/// Looks into packets just far enough to know whether each will give one frame.
struct PacketInspection {
  private let codec: AVCodecID
  /// Bytes of the length before each NAL unit; 0 where units are found by start codes.
  private let lengthBytes: Int

  init(parameters: AVCodecParameters) {
    codec = parameters.codec_id
    lengthBytes = Self.lengthBytes(of: parameters)
  }

  /// Every frame of such a codec stands alone, or the container's marks cannot be believed.
  static func isIntraOnly(_ codec: AVCodecID) -> Bool {
    guard let description = avcodec_descriptor_get(codec) else { return false }
    return description.pointee.props & AV_CODEC_PROP_INTRA_ONLY != 0
  }

  func verdict(on packet: Packet) -> PacketVerdict {
    let bytes = packet.bytes
    guard bytes.count > 0, !packet.isCorrupt else { return .damaged }
    switch codec {
    case AV_CODEC_ID_VP8: return bytes[0] & 0x10 != 0 ? .shown : .hidden
    case AV_CODEC_ID_VP9: return Self.vp9Verdict(bytes)
    case AV_CODEC_ID_H264, AV_CODEC_ID_HEVC:
      return lengthBytes == 0 || unitsFill(bytes) ? .shown : .damaged
    default: return .shown
    }
  }

  /// Whether decoding may start here: the container's mark, checked where that is easy.
  func isEntry(_ packet: Packet, isFirst: Bool) -> Bool {
    let bytes = packet.bytes
    switch codec {
    // Later pictures of these are drawn onto the earlier ones, whatever the marks say.
    case AV_CODEC_ID_GIF, AV_CODEC_ID_APNG: return isFirst
    case AV_CODEC_ID_VP8: return packet.isKey && bytes.count > 0 && bytes[0] & 1 == 0
    default: return packet.isKey
    }
  }

  // MARK: - Codecs

  /// VP9 uncompressed header: marker 2 bits, profile 2 (+1 reserved at 3), show existing, type, show.
  private static func vp9Verdict(_ bytes: UnsafeRawBufferPointer) -> PacketVerdict {
    let first = bytes[0]
    guard first >> 6 == 0b10 else { return .damaged }
    let last = bytes[bytes.count - 1]
    // A superframe holds its shown frame beside the hidden ones.
    if last & 0xE0 == 0xC0 { return .shown }
    let isProfile3 = first & 0x30 == 0x30
    let showExisting = isProfile3 ? first & 0x04 : first & 0x08
    if showExisting != 0 { return .shown }
    let show = isProfile3 ? first & 0x01 : first & 0x02
    return show != 0 ? .shown : .hidden
  }

  /// Whether the lengths before the NAL units lead exactly to the packet's end.
  private func unitsFill(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var offset = 0
    while offset < bytes.count {
      guard offset + lengthBytes <= bytes.count else { return false }
      var length = 0
      for index in 0..<lengthBytes { length = length << 8 | Int(bytes[offset + index]) }
      offset += lengthBytes
      guard length > 0, length <= bytes.count - offset else { return false }
      offset += length
    }
    return true
  }

  /// From avcC (byte 4) and hvcC (byte 21), both of which start with version 1.
  private static func lengthBytes(of parameters: AVCodecParameters) -> Int {
    guard let extra = parameters.extradata, parameters.extradata_size > 4, extra[0] == 1 else {
      return 0
    }
    switch parameters.codec_id {
    case AV_CODEC_ID_H264: return Int(extra[4] & 3) + 1
    case AV_CODEC_ID_HEVC: return parameters.extradata_size > 21 ? Int(extra[21] & 3) + 1 : 0
    default: return 0
    }
  }
}
