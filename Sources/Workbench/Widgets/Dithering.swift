/// Spreads the error of few colours over the neighbours (Floyd and Steinberg 1976).
enum Dithering {
  /// The palette entries of a picture's pixels.
  static func floydSteinberg(_ image: PixelImage, _ table: PaletteTable) -> [UInt8] {
    let (width, height) = (image.width, image.height)
    var entries = [UInt8](repeating: 0, count: width * height)
    // Errors in sixteenths, with a pixel of margin on both sides.
    var errors = [Int](repeating: 0, count: 3 * (width + 2))
    var below = errors
    for y in 0..<height {
      swap(&errors, &below)
      for index in below.indices { below[index] = 0 }
      for x in 0..<width {
        let place = 3 * (y * width + x)
        let margin = 3 * (x + 1)
        var wanted = (0, 0, 0)
        wanted.0 = clamped(Int(image.pixels[place]) + errors[margin] / 16)
        wanted.1 = clamped(Int(image.pixels[place + 1]) + errors[margin + 1] / 16)
        wanted.2 = clamped(Int(image.pixels[place + 2]) + errors[margin + 2] / 16)
        let entry = table.index(UInt8(wanted.0), UInt8(wanted.1), UInt8(wanted.2))
        entries[y * width + x] = entry
        let color = Palette256.colors[Int(entry)]
        let missed = [
          wanted.0 - Int(color.red), wanted.1 - Int(color.green), wanted.2 - Int(color.blue),
        ]
        for channel in 0..<3 {
          errors[margin + 3 + channel] += missed[channel] * 7
          below[margin - 3 + channel] += missed[channel] * 3
          below[margin + channel] += missed[channel] * 5
          below[margin + 3 + channel] += missed[channel]
        }
      }
    }
    return entries
  }

  /// Which pixels are lit, in light and dark alone.
  static func oneBit(_ image: PixelImage, isInverted: Bool) -> [Bool] {
    let (width, height) = (image.width, image.height)
    var lit = [Bool](repeating: false, count: width * height)
    var errors = [Double](repeating: 0, count: width + 2)
    var below = errors
    for y in 0..<height {
      swap(&errors, &below)
      for index in below.indices { below[index] = 0 }
      for x in 0..<width {
        let light = image[x, y].perceivedLight
        let wanted = (isInverted ? 1 - light : light) + errors[x + 1]
        lit[y * width + x] = wanted > 0.5
        let missed = wanted - (wanted > 0.5 ? 1 : 0)
        errors[x + 2] += missed * 7 / 16
        below[x] += missed * 3 / 16
        below[x + 1] += missed * 5 / 16
        below[x + 2] += missed / 16
      }
    }
    return lit
  }

  private static func clamped(_ value: Int) -> Int { min(max(value, 0), 255) }
}

extension RGB {
  /// How light the colour looks, 0…1: luma of its encoded channels.
  var perceivedLight: Double {
    (0.299 * Double(red) + 0.587 * Double(green) + 0.114 * Double(blue)) / 255
  }
}
