import Glibc
import TokenizerEngine

/// A colour for each code: equal codes look equal, others nearly always different.
enum TokenColors {
  /// By hash; 24 hues at three lightnesses and two strengths.
  static func color(of code: UInt32) -> RGB { palette[Int(hash(code) % UInt32(palette.count))] }

  /// The colour with most of itself taken away, for what is muted or not meant.
  static func faded(_ color: RGB, towards other: RGB, keeping share: Float) -> RGB {
    OKLab(other).mixed(with: OKLab(color), share).rgb
  }

  /// Black or white, whichever is read better.
  static func ink(on color: RGB) -> RGB {
    color.luminance > 0.3 ? RGB(16, 18, 24) : RGB(244, 246, 250)
  }

  /// One or two characters that tell most codes apart without colour.
  static func letters(of code: UInt32, count: Int) -> String {
    let value = hash(code)
    var text = String(alphabet[Int(value % 62)])
    if count > 1 { text.append(alphabet[Int(value / 62 % 62)]) }
    return text
  }

  private static let alphabet = Array(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

  private static func hash(_ code: UInt32) -> UInt32 {
    var value = code &+ 0x9e37_79b9
    value = (value ^ (value >> 16)) &* 0x85eb_ca6b
    value = (value ^ (value >> 13)) &* 0xc2b2_ae35
    return value ^ (value >> 16)
  }

  private static let palette: [RGB] = {
    var colors: [RGB] = []
    for lightness in [0.5, 0.64, 0.78] as [Float] {
      for chroma in [0.06, 0.13] as [Float] {
        for hue in 0..<24 {
          let angle = Float(hue) * 15 * .pi / 180
          colors.append(
            OKLab(
              lightness: lightness, a: chroma * cosf(angle), b: chroma * sinf(angle)
            ).rgb)
        }
      }
    }
    return colors
  }()
}
