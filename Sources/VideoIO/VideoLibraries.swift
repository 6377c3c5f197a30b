import CFFmpeg

/// What the installed libav can do, for people who ask why a clip does not open.
package enum VideoLibraries {
  /// Such as `libavformat 59.27.100`.
  package static var versions: [String] {
    [
      version("libavformat", avformat_version()), version("libavcodec", avcodec_version()),
      version("libavfilter", avfilter_version()), version("libswscale", swscale_version()),
    ]
  }

  /// `GPL version 2 or later`, where libav was built with libx264 and its like.
  package static var licence: String { String(cString: avcodec_license()) }

  package static func canDecode(_ name: String) -> Bool {
    guard let description = avcodec_descriptor_get_by_name(name) else { return false }
    return avcodec_find_decoder(description.pointee.id) != nil
  }

  package static func canEncode(_ name: String) -> Bool {
    avcodec_find_encoder_by_name(name) != nil
  }

  package static func hasFilter(_ name: String) -> Bool { avfilter_get_by_name(name) != nil }

  private static func version(_ name: String, _ number: UInt32) -> String {
    "\(name) \(number >> 16).\(number >> 8 & 255).\(number & 255)"
  }
}
