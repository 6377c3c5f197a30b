/// How a cell looks: two colours and a few attributes.
package struct Style: Hashable, Sendable {
  package var foreground: Color
  package var background: Color
  package var attributes: Attributes

  package static let plain = Style(.role(.text), on: .role(.background))

  package init(
    _ foreground: Color = .role(.text), on background: Color = .role(.background),
    _ attributes: Attributes = []
  ) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  package init(
    _ foreground: ThemeRole, on background: ThemeRole = .background, _ attributes: Attributes = []
  ) {
    self.init(.role(foreground), on: .role(background), attributes)
  }

  package func with(_ attributes: Attributes) -> Style {
    var style = self
    style.attributes.formUnion(attributes)
    return style
  }

  package func on(_ background: Color) -> Style {
    Style(foreground, on: background, attributes)
  }

  package func on(_ background: ThemeRole) -> Style { on(.role(background)) }
}

package struct Attributes: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let bold = Attributes(rawValue: 1)
  package static let dim = Attributes(rawValue: 2)
  package static let reverse = Attributes(rawValue: 4)
  package static let underline = Attributes(rawValue: 8)
}

/// The terminal's own colour, a theme's role, a palette entry, or red, green and blue: four bytes.
package struct Color: Hashable, Sendable, CustomStringConvertible {
  /// The kind in the upper byte, the value below it.
  let bits: UInt32

  package enum Kind: Hashable, Sendable {
    case standard
    case role(ThemeRole)
    case palette(UInt8)
    case rgb(RGB)
  }

  /// The terminal's default.
  package static let standard = Color(bits: 0)

  package static func role(_ role: ThemeRole) -> Color {
    Color(bits: 1 << 24 | UInt32(role.index))
  }

  /// One of the 256 xterm colours.
  package static func palette(_ index: UInt8) -> Color { Color(bits: 2 << 24 | UInt32(index)) }

  package static func rgb(_ color: RGB) -> Color { Color(bits: 3 << 24 | color.packed) }

  package static func rgb(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Color {
    .rgb(RGB(red, green, blue))
  }

  package var kind: Kind {
    switch bits >> 24 {
    case 1: .role(ThemeRole.ordered[Int(bits & 0xff)])
    case 2: .palette(UInt8(bits & 0xff))
    case 3: .rgb(RGB(packed: bits & 0xff_ffff))
    default: .standard
    }
  }

  package var description: String {
    switch kind {
    case .standard: "default"
    case .role(let role): role.rawValue
    case .palette(let index): "palette \(index)"
    case .rgb(let color): color.description
    }
  }
}

/// A colour of sRGB, one byte a channel.
package struct RGB: Hashable, Sendable, CustomStringConvertible {
  package let red: UInt8
  package let green: UInt8
  package let blue: UInt8

  package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// From `0xRRGGBB`.
  package init(packed: UInt32) {
    self.init(
      UInt8(truncatingIfNeeded: packed >> 16), UInt8(truncatingIfNeeded: packed >> 8),
      UInt8(truncatingIfNeeded: packed))
  }

  package var packed: UInt32 { UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue) }

  package var description: String {
    let digits = String(packed, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }
}
