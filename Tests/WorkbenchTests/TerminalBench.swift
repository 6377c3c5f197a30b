import TestSupport
import Testing

@testable import Workbench

/// A `Terminal` in this process whose other end is a `VirtualTerminal`.
final class TerminalBench {
  let pty: PseudoTerminal
  let terminal: Terminal
  let theme = Theme.dark

  convenience init(
    width: Int, height: Int, depth: ColorDepth, usesOwnDescription: Bool = true
  ) throws {
    try self.init(
      pty: PseudoTerminal(width: width, height: height), depth: depth,
      usesOwnDescription: usesOwnDescription)
  }

  init(pty: PseudoTerminal, depth: ColorDepth, usesOwnDescription: Bool = true) throws {
    self.pty = pty
    var options = Terminal.Options()
    options.input = pty.slave
    options.output = pty.slave
    options.capturesOutput = false
    options.asksForBackground = false
    options.usesOwnDescription = usesOwnDescription
    let description = TerminalDescription.current(
      environment: TerminalEnvironment(term: "xterm-256color"), colors: depth)
    terminal = try Terminal(description: description, options: options)
  }

  /// Shows a screen and feeds the bytes to the virtual terminal.
  @discardableResult
  func show(_ screen: Screen) -> FrameStatistics {
    pty.reading { terminal.show(screen, theme: theme) }
  }

  /// Waits for as many events, at most five seconds.
  func nextEvents(_ count: Int) -> [TerminalEvent] {
    var events: [TerminalEvent] = []
    let end = monotonicSeconds() + 5
    while events.count < count, monotonicSeconds() < end { events += terminal.wait(until: end) }
    return events
  }

  func expectEqual(
    _ screen: Screen, depth: ColorDepth, location: SourceLocation = #_sourceLocation
  ) throws {
    var mixer = InkMixer(theme: theme, depth: depth)
    for y in 0..<screen.height {
      for x in 0..<screen.width {
        let cell = screen[x, y]
        let spot = pty.screen.spot(x: x, y: y)
        let expected = Look(cell, &mixer)
        let shown = Look(spot)
        if expected != shown {
          Issue.record(
            "At \(x),\(y) there is \(shown), not \(expected).", sourceLocation: location)
          return
        }
      }
    }
  }
}

/// What an eye sees of a cell; two ways to draw the same look are equal.
struct Look: Equatable {
  var text: String
  var foreground: VirtualTerminal.Shade
  var background: VirtualTerminal.Shade
  var attributes: Attributes

  init(_ cell: Cell, _ mixer: inout InkMixer) {
    text = cell.text
    foreground = Self.shade(mixer.ink(cell.style.foreground))
    background = Self.shade(mixer.ink(cell.style.background))
    attributes = mixer.attributes(cell.style)
    normalise()
  }

  init(_ spot: VirtualTerminal.Spot) {
    text = spot.text
    foreground = spot.pencil.foreground
    background = spot.pencil.background
    attributes = []
    if spot.pencil.isBold { attributes.insert(.bold) }
    if spot.pencil.isDim { attributes.insert(.dim) }
    if spot.pencil.isUnderlined { attributes.insert(.underline) }
    if spot.pencil.isReversed { attributes.insert(.reverse) }
    normalise()
  }

  /// A blank shows only its background, and a block may be its complement.
  private mutating func normalise() {
    if text == "█", attributes.isEmpty, foreground != .standard {
      text = " "
      background = foreground
    }
    let complements = [
      "▄": "▀", "▟": "▘", "▐": "▌", "▞": "▚", "▛": "▗", "▜": "▖", "▙": "▝",
    ]
    if let other = complements[text], attributes.isEmpty {
      text = other
      swap(&foreground, &background)
    }
    if text == " ", attributes.isDisjoint(with: [.reverse, .underline]) {
      foreground = .standard
      attributes = []
    }
    if text.isEmpty {
      foreground = .standard
      attributes = []
    }
  }

  private static func shade(_ ink: Ink) -> VirtualTerminal.Shade {
    switch ink >> 24 {
    case 0: .standard
    case 1: .palette(Int(ink & 0xff))
    default: .rgb(Int(ink >> 16 & 0xff), Int(ink >> 8 & 0xff), Int(ink & 0xff))
    }
  }
}

/// Screens with everything that our views draw, at random places.
enum RandomScreens {
  static func scribble(on screen: inout Screen, using random: inout SplitMix) {
    let glyphs = Array("ab  █▀▄▘▟▌▐▚─│╭é⣿⠁·Zz".unicodeScalars)
    for _ in 0..<12 {
      let x = random.below(screen.width + 6) - 3
      let y = random.below(screen.height + 2) - 1
      let style = self.style(&random)
      switch random.below(6) {
      case 0: screen.fill(Rect(x: x, y: y, width: random.below(20), height: 3), style: style)
      case 1: screen.put("wide 日本 and e\u{301} text", x: x, y: y, style: style)
      case 2: screen.box(Rect(x: x, y: y, width: random.below(30), height: random.below(9)))
      case 3:
        screen.put(String(repeating: "=", count: random.below(30)), x: x, y: y, style: style)
      default:
        for step in 0..<random.below(25) {
          screen.put(
            String(glyphs[random.below(glyphs.count)]), x: x + step, y: y,
            style: random.below(3) == 0 ? self.style(&random) : style)
        }
      }
    }
  }

  private static func style(_ random: inout SplitMix) -> Style {
    let attributes: [Attributes] = [[], [], [], .bold, .dim, .underline, .reverse, [.bold, .dim]]
    return Style(
      color(&random), on: color(&random), attributes[random.below(attributes.count)])
  }

  private static func color(_ random: inout SplitMix) -> Color {
    switch random.below(4) {
    case 0: .standard
    case 1: .role(ThemeRole.ordered[random.below(ThemeRole.ordered.count)])
    case 2: .palette(UInt8(16 + random.below(240)))
    default: .rgb(RGB(packed: UInt32(random.below(1 << 24))))
    }
  }
}

/// Steele, Lea and Flood's splitmix64.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ limit: Int) -> Int { limit <= 0 ? 0 : Int(next() % UInt64(limit)) }
}
