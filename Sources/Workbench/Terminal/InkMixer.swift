/// Turns the colours of a screen into what the terminal's colour depth can show.
struct InkMixer {
  let theme: Theme
  let depth: ColorDepth

  private let roles: [Ink]
  private var mixed: [UInt32: Ink] = [:]

  init(theme: Theme, depth: ColorDepth) {
    self.theme = theme
    self.depth = depth
    roles = ThemeRole.ordered.map { role in
      switch depth {
      case .none: 0
      case .sixteen: SixteenColors.index(of: role).map { 1 << 24 | Ink($0) } ?? 0
      case .palette256: 1 << 24 | Ink(NearestColor.palette256(theme[role]))
      case .truecolor: 3 << 24 | theme[role].packed
      }
    }
  }

  /// The ink of a colour; what is not seen often is looked up once.
  mutating func ink(_ color: Color) -> Ink {
    let value = color.bits & 0xff_ffff
    switch color.bits >> 24 {
    case 1: return roles[Int(value)]
    case 2:
      switch depth {
      case .truecolor, .palette256: return 1 << 24 | value
      case .sixteen: return nearest(Palette256.colors[Int(value & 255)].packed)
      case .none: return 0
      }
    case 3:
      switch depth {
      case .truecolor: return 3 << 24 | value
      case .palette256, .sixteen: return nearest(value)
      case .none: return 0
      }
    default: return 0
    }
  }

  private mutating func nearest(_ packed: UInt32) -> Ink {
    if let known = mixed[packed] { return known }
    let color = RGB(packed: packed)
    let index =
      depth == .palette256 ? NearestColor.palette256(color) : NearestColor.sixteen(color)
    let ink = 1 << 24 | Ink(index)
    if mixed.count > 50_000 { mixed.removeAll(keepingCapacity: true) }
    mixed[packed] = ink
    return ink
  }

  /// The nearest of the 256 palette colours.
  mutating func coarse(_ ink: Ink) -> Ink {
    guard ink >> 24 == 3 else { return ink }
    return 1 << 24 | Ink(NearestColor.palette256(RGB(packed: ink & 0xff_ffff)))
  }

  /// The attributes of a style; without colours, a chosen row is reversed and keys are bold.
  func attributes(_ style: Style) -> Attributes {
    guard depth == .none else { return style.attributes }
    var attributes = style.attributes
    if style.background == .role(.selection) { attributes.insert(.reverse) }
    if style.foreground == .role(.hotKey) { attributes.insert(.bold) }
    return attributes
  }
}
