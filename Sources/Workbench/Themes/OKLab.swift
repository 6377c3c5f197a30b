import Glibc

/// A colour in OKLab (Ottosson 2020), where equal distances look equal.
struct OKLab: Hashable, Sendable {
  var lightness: Float
  var a: Float
  var b: Float

  init(lightness: Float, a: Float, b: Float) {
    self.lightness = lightness
    self.a = a
    self.b = b
  }

  init(_ color: RGB) {
    let red = RGB.linear[Int(color.red)]
    let green = RGB.linear[Int(color.green)]
    let blue = RGB.linear[Int(color.blue)]
    let l = cbrtf(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    let m = cbrtf(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    let s = cbrtf(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s
    a = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s
    b = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
  }

  var rgb: RGB {
    let l = lightness + 0.3963377774 * a + 0.2158037573 * b
    let m = lightness - 0.1055613458 * a - 0.0638541728 * b
    let s = lightness - 0.0894841775 * a - 1.2914855480 * b
    let (l3, m3, s3) = (l * l * l, m * m * m, s * s * s)
    return RGB(
      RGB.encoded(4.0767416621 * l3 - 3.3077115913 * m3 + 0.2309699292 * s3),
      RGB.encoded(-1.2684380046 * l3 + 2.6097574011 * m3 - 0.3413193965 * s3),
      RGB.encoded(-0.0041960863 * l3 - 0.7034186147 * m3 + 1.7076147010 * s3))
  }

  func mixed(with other: OKLab, _ share: Float) -> OKLab {
    OKLab(
      lightness: lightness + share * (other.lightness - lightness),
      a: a + share * (other.a - a), b: b + share * (other.b - b))
  }

  func squaredDistance(to other: OKLab) -> Float {
    let (dl, da, db) = (lightness - other.lightness, a - other.a, b - other.b)
    return dl * dl + da * da + db * db
  }
}

extension RGB {
  /// sRGB bytes as linear light, 0…1.
  static let linear: [Float] = (0..<256).map { byte in
    let value = Float(byte) / 255
    return value <= 0.04045 ? value / 12.92 : powf((value + 0.055) / 1.055, 2.4)
  }

  /// Linear light as an sRGB byte, clamped.
  static func encoded(_ light: Float) -> UInt8 {
    guard light > 0 else { return 0 }
    let value = light <= 0.0031308 ? 12.92 * light : 1.055 * powf(light, 1 / 2.4) - 0.055
    return UInt8(min(255, (value * 255).rounded()))
  }

  /// Relative luminance, 0…1 (WCAG 2).
  package var luminance: Double {
    Double(
      0.2126 * Self.linear[Int(red)] + 0.7152 * Self.linear[Int(green)]
        + 0.0722 * Self.linear[Int(blue)])
  }

  /// The contrast of two colours, 1…21 (WCAG 2).
  package func contrast(with other: RGB) -> Double {
    let (one, two) = (luminance, other.luminance)
    return (max(one, two) + 0.05) / (min(one, two) + 0.05)
  }
}
