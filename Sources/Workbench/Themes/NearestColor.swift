/// The palette entry that looks most like a colour.
enum NearestColor {
  private static let points = Palette256.colors.map(OKLab.init)

  /// Among entries 16…255, for users change the first sixteen.
  static func palette256(_ color: RGB) -> UInt8 { nearest(OKLab(color), in: 16..<256) }

  /// Among entries 0…15, as xterm has them.
  static func sixteen(_ color: RGB) -> UInt8 { nearest(OKLab(color), in: 0..<16) }

  private static func nearest(_ point: OKLab, in range: Range<Int>) -> UInt8 {
    var best = range.lowerBound
    var distance = Float.infinity
    for index in range {
      let candidate = points[index].squaredDistance(to: point)
      if candidate < distance {
        distance = candidate
        best = index
      }
    }
    return UInt8(best)
  }
}
