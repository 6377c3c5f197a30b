/// Four pixels as two colours: of the eight ways to part them, the one with the least error.
struct QuadrantCell {
  private var mask = 0
  private var one = RGB(0, 0, 0)
  private var two = RGB(0, 0, 0)

  /// Bits of a mask, from 1: upper left, upper right, lower left, lower right.
  static let glyphs: [Unicode.Scalar] = [
    " ", "▘", "▝", "▀", "▖", "▌", "▞", "▛", "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█",
  ]

  /// From the pixels at four places, upper row first.
  init(_ pixels: [UInt8], _ places: [Int]) {
    var sums = (SIMD4<Int32>(), SIMD4<Int32>(), SIMD4<Int32>(), SIMD4<Int32>())
    func pixel(_ index: Int) -> SIMD4<Int32> {
      let place = places[index]
      return SIMD4(Int32(pixels[place]), Int32(pixels[place + 1]), Int32(pixels[place + 2]), 0)
    }
    sums = (pixel(0), pixel(1), pixel(2), pixel(3))
    let total = sums.0 &+ sums.1 &+ sums.2 &+ sums.3
    // The error is least where Σ|sum of a part|² ÷ its pixels is largest; times 12 to stay whole.
    var bestGain = (total &* total).wrappedSum() &* 3
    var best = SIMD4<Int32>()
    for candidate in 1...7 {
      var part = SIMD4<Int32>()
      if candidate & 1 != 0 { part &+= sums.0 }
      if candidate & 2 != 0 { part &+= sums.1 }
      if candidate & 4 != 0 { part &+= sums.2 }
      let count = Int32(candidate.nonzeroBitCount)
      let rest = total &- part
      let gain =
        (part &* part).wrappedSum() &* (12 / count)
        &+ (rest &* rest).wrappedSum() &* (12 / (4 - count))
      if gain > bestGain {
        bestGain = gain
        best = part
        mask = candidate
      }
    }
    let count = Int32(mask.nonzeroBitCount)
    two = Self.mean(total &- best, 4 - count)
    one = count > 0 ? Self.mean(best, count) : two
  }

  private static func mean(_ sum: SIMD4<Int32>, _ count: Int32) -> RGB {
    let mean = (sum &+ count / 2) / count
    return RGB(UInt8(mean.x), UInt8(mean.y), UInt8(mean.z))
  }

  /// The two colours as palette entries.
  func choice(_ table: PaletteTable) -> FrugalCells.Choice {
    FrugalCells.Choice(
      table.index(one.red, one.green, one.blue), table.index(two.red, two.green, two.blue),
      mask: UInt8(mask), pixels: 4)
  }

  /// For the colours that need no table.
  func cell() -> Cell {
    let glyph = one == two ? " " : Self.glyphs[mask]
    return Cell(glyph, style: Style(.rgb(one), on: .rgb(two)))
  }
}
