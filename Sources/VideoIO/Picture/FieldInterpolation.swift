import CFFmpeg

/// One picture from an interlaced frame: its first field stays, the other lines are drawn anew.
///
/// A missing sample is the mean of the two neighbours, above and below, that differ least among
/// straight, left-leaning and right-leaning pairs (edge-based line averaging). Nothing but this
/// frame is looked at, so a seek gives the same picture as playing up to it.
enum FieldInterpolation {
  /// Returns nil for formats whose samples are not whole bytes or words.
  static func picture(from frame: DecodedFrame) throws -> DecodedFrame? {
    guard let description = av_pix_fmt_desc_get(frame.format)?.pointee else { return nil }
    let refused = UInt64(
      AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL
        | AV_PIX_FMT_FLAG_FLOAT)
    let isWide = description.comp.0.depth > 8
    guard description.flags & refused == 0,
      !isWide || description.flags & UInt64(AV_PIX_FMT_FLAG_BE) == 0
    else { return nil }
    let result = try frame.sharingPlanes()
    try checked(av_frame_make_writable(result.pointer))
    let missing = frame.pointer.pointee.top_field_first != 0 ? 1 : 0
    for plane in 0..<Int32(av_pix_fmt_count_planes(frame.format)) {
      guard let start = cff_plane(result.pointer, plane) else { break }
      let bytes = Int(av_image_get_linesize(frame.format, Int32(frame.width), plane))
      let isChroma = plane == 1 || plane == 2
      let shift = isChroma ? Int(description.log2_chroma_h) : 0
      let rows = (frame.height + (1 << shift) - 1) >> shift
      let lineSize = Int(cff_line_size(result.pointer, plane))
      let step = Int(step(of: plane, description))
      if isWide {
        fill(UInt16.self, start, lineSize, rows, bytes / 2, step / 2, missing)
      } else {
        fill(UInt8.self, start, lineSize, rows, bytes, step, missing)
      }
    }
    return result
  }

  /// Bytes from one sample to the next of the same kind.
  private static func step(of plane: Int32, _ description: AVPixFmtDescriptor) -> Int32 {
    let parts = [
      description.comp.0, description.comp.1, description.comp.2, description.comp.3,
    ]
    return parts.prefix(Int(description.nb_components)).first { $0.plane == plane }?.step ?? 1
  }

  private static func fill<Sample: FixedWidthInteger>(
    _ type: Sample.Type, _ start: UnsafeMutablePointer<UInt8>, _ lineSize: Int, _ rows: Int,
    _ count: Int, _ step: Int, _ missing: Int
  ) {
    func line(_ row: Int) -> UnsafeMutablePointer<Sample> {
      UnsafeMutableRawPointer(start + row * lineSize).assumingMemoryBound(to: type)
    }
    for row in stride(from: missing, to: rows, by: 2) {
      let above = row > 0 ? line(row - 1) : row + 1 < rows ? line(row + 1) : line(row)
      let below = row + 1 < rows ? line(row + 1) : above
      let target = line(row)
      func mean(_ a: Sample, _ b: Sample) -> Sample { Sample((UInt32(a) + UInt32(b) + 1) / 2) }
      func distance(_ a: Sample, _ b: Sample) -> Sample { a > b ? a - b : b - a }
      let edge = min(step, count)
      for x in 0..<edge { target[x] = mean(above[x], below[x]) }
      for x in stride(from: edge, to: max(edge, count - edge), by: 1) {
        let straight = distance(above[x], below[x])
        let left = distance(above[x - step], below[x + step])
        let right = distance(above[x + step], below[x - step])
        target[x] =
          straight <= left && straight <= right
          ? mean(above[x], below[x])
          : left < right
            ? mean(above[x - step], below[x + step]) : mean(above[x + step], below[x - step])
      }
      for x in max(edge, count - edge)..<max(edge, count) { target[x] = mean(above[x], below[x]) }
    }
  }
}
