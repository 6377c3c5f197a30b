/// Nearest palette entries for all colours, five bits a channel, by OKLab.
///
/// Built when a picture is first drawn; then a colour costs one look-up.
struct PaletteTable: Sendable {
  /// Entries 16…255 of xterm's 256.
  static let palette256 = PaletteTable(entries: 16..<256)
  /// The sixteen that users may have changed.
  static let sixteen = PaletteTable(entries: 0..<16)

  private let nearest: [UInt8]

  private init(entries: Range<Int>) {
    // Sixteen entries at a time; the last group repeats the last entry.
    let points = entries.map { OKLab(Palette256.colors[$0]) }
    var groups: [(SIMD16<Float>, SIMD16<Float>, SIMD16<Float>)] = []
    for start in stride(from: 0, to: points.count, by: 16) {
      var group = (SIMD16<Float>(), SIMD16<Float>(), SIMD16<Float>())
      for lane in 0..<16 {
        let point = points[min(start + lane, points.count - 1)]
        group.0[lane] = point.lightness
        group.1[lane] = point.a
        group.2[lane] = point.b
      }
      groups.append(group)
    }
    nearest = (0..<32_768).map { bucket in
      let channels = [bucket >> 10, bucket >> 5 & 31, bucket & 31].map { UInt8($0 * 8 + 4) }
      let color = RGB(channels[0], channels[1], channels[2])
      let point = OKLab(color)
      var best = SIMD16<Float>(repeating: .infinity)
      var bestGroup = SIMD16<Int32>()
      for (index, group) in groups.enumerated() {
        let dl = group.0 - point.lightness
        let da = group.1 - point.a
        let db = group.2 - point.b
        let distance = dl * dl + da * da + db * db
        let isNearer = distance .< best
        best.replace(with: distance, where: isNearer)
        bestGroup.replace(with: Int32(index), where: isNearer)
      }
      var lane = 0
      for candidate in 1..<16 where best[candidate] < best[lane] { lane = candidate }
      return UInt8(
        min(entries.upperBound - 1, entries.lowerBound + Int(bestGroup[lane]) * 16 + lane))
    }
  }

  func index(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
    nearest[Int(red >> 3) << 10 | Int(green >> 3) << 5 | Int(blue >> 3)]
  }
}
