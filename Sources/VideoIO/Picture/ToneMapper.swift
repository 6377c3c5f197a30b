import CFFmpeg

/// HDR (PQ, HLG) → SDR of BT.709, by libavfilter's zscale and tonemap.
///
/// The brightest light is taken from the first frame and kept, so that a frame looks the same
/// however it was reached.
final class ToneMapper {
  private let chain: FilterChain

  static func isHDR(_ frame: DecodedFrame) -> Bool {
    let transfer = frame.pointer.pointee.color_trc
    return transfer == AVCOL_TRC_SMPTE2084 || transfer == AVCOL_TRC_ARIB_STD_B67
  }

  static var isAvailable: Bool { FilterGraph.has("zscale") && FilterGraph.has("tonemap") }

  init(firstFrame: DecodedFrame) {
    let peak = Self.peak(of: firstFrame)
    chain = FilterChain(
      "zscale=transfer=linear:npl=100,format=gbrpf32le,zscale=primaries=bt709,"
        + "tonemap=tonemap=hable:desat=0:peak=\(peak),"
        + "zscale=transfer=bt709:matrix=gbr:range=full,format=gbrp")
  }

  func mapped(_ frame: DecodedFrame) throws -> DecodedFrame {
    let labelled = try frame.sharingPlanes()
    let raw = labelled.pointer
    // zscale refuses what is not labelled; HDR without labels is BT.2020 in all practice.
    if raw.pointee.color_primaries == AVCOL_PRI_UNSPECIFIED {
      raw.pointee.color_primaries = AVCOL_PRI_BT2020
    }
    if raw.pointee.colorspace == AVCOL_SPC_UNSPECIFIED {
      raw.pointee.colorspace = AVCOL_SPC_BT2020_NCL
    }
    if raw.pointee.color_range == AVCOL_RANGE_UNSPECIFIED {
      raw.pointee.color_range = AVCOL_RANGE_MPEG
    }
    return try chain.apply(to: labelled)
  }

  /// In units of 100 candela per square metre; 1000 where the stream does not say.
  private static func peak(of frame: DecodedFrame) -> Double {
    let usual = 10.0
    if let light = sideData(frame, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL, AVContentLightMetadata.self),
      light.MaxCLL > 0
    {
      return max(1, Double(light.MaxCLL) / 100)
    }
    if let master = sideData(
      frame, AV_FRAME_DATA_MASTERING_DISPLAY_METADATA, AVMasteringDisplayMetadata.self),
      master.has_luminance != 0, master.max_luminance.den > 0, master.max_luminance.num > 0
    {
      return max(1, av_q2d(master.max_luminance) / 100)
    }
    return usual
  }

  private static func sideData<Value: BitwiseCopyable>(
    _ frame: DecodedFrame, _ kind: AVFrameSideDataType, _ type: Value.Type
  ) -> Value? {
    guard let side = av_frame_get_side_data(frame.pointer, kind), let data = side.pointee.data,
      side.pointee.size >= MemoryLayout<Value>.size
    else { return nil }
    return UnsafeRawPointer(data).loadUnaligned(as: type)
  }
}
