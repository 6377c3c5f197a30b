import CNcurses
import Glibc

/// How many colours a terminal shows.
package enum ColorDepth: Int, Comparable, CaseIterable, Sendable {
  case none
  case sixteen
  case palette256
  case truecolor

  package static func < (one: ColorDepth, two: ColorDepth) -> Bool { one.rawValue < two.rawValue }

  package var description: String {
    switch self {
    case .none: "no colour"
    case .sixteen: "16 colours"
    case .palette256: "256 colours"
    case .truecolor: "truecolor"
    }
  }
}

/// What terminfo, the environment and the locale say of the terminal at hand.
package struct TerminalDescription: Sendable {
  /// The terminal type in use, after any fallback.
  package var name = "dumb"
  package var colors = ColorDepth.none
  package var isUTF8 = true
  /// Whether the cursor can be moved the ANSI way; without it only plain text is possible.
  package var canMoveCursor = false
  /// Whether erased cells take the background colour, and `ECH` exists.
  var erasesWithBackground = false
  var hasAxisAddressing = true
  /// Whether the terminal is one of those that understand xterm's queries and private modes.
  var isXtermLike = true
  /// Whether full-screen programs have a screen of their own.
  var hasOwnScreen = true
  /// Bytes that begin and end full-screen use.
  var enter = ""
  var leave = ""
  /// Byte sequences of the special keys.
  var keys: [[UInt8]: Key] = [:]
  /// One line for each thing that is not as it should be.
  package var notices: [String] = []

  /// Sets the locale and asks terminfo; on `fd` only for its speed, nothing is written.
  package static func current(
    environment: TerminalEnvironment = .current, colors: ColorDepth? = nil, fd: Int32 = 1
  ) -> TerminalDescription {
    var description = TerminalDescription()
    description.readLocale()
    guard description.load(environment.term, fd: fd) else { return description }
    description.readCapabilities()
    description.colors = colors ?? environment.colors(terminfo: description.colors)
    return description
  }

  private mutating func readLocale() {
    var fellBack = false
    isUTF8 = nc_set_locale(&fellBack)
    if !isUTF8 {
      notices.append("The locale is not UTF-8: drawing with ASCII. Set LANG=C.UTF-8.")
    } else if fellBack {
      notices.append("The locale is not UTF-8: using C.UTF-8. Set LANG to a UTF-8 locale.")
    }
  }

  /// Loads the first known of the type itself and its fallbacks.
  private mutating func load(_ wanted: String, fd: Int32) -> Bool {
    let modern = [
      "xterm", "kitty", "ghostty", "alacritty", "foot", "wezterm", "256color", "direct",
    ]
    let fallback = modern.contains { wanted.contains($0) } ? ["xterm-256color"] : []
    for candidate in [wanted] + fallback + ["vt100", "xterm-256color"] where !candidate.isEmpty {
      guard nc_describe(candidate, fd) else { continue }
      name = candidate
      if candidate != wanted {
        let shown = wanted.isEmpty ? "TERM is not set" : "TERM=\(wanted) is unknown here"
        notices.append("\(shown): using \(candidate).")
      }
      return true
    }
    notices.append("No terminal description was found: printing plain text.")
    return false
  }

  private mutating func readCapabilities() {
    canMoveCursor = Self.string("cup")?.hasPrefix("\u{1b}[%i%p1%d;%p2%dH") ?? false
    if !canMoveCursor {
      notices.append("TERM=\(name) cannot move the cursor: printing plain text.")
    }
    let number = nc_number("colors")
    colors =
      switch number {
      case 256...: nc_flag("RGB") || nc_flag("Tc") || number > 65_536 ? .truecolor : .palette256
      case 8...: .sixteen
      default: .none
      }
    erasesWithBackground = nc_flag("bce") && Self.string("ech") != nil
    hasAxisAddressing = Self.string("hpa") != nil && Self.string("vpa") != nil
    isXtermLike = ["xterm", "tmux", "screen", "kitty", "ghostty", "foot", "alacritty", "wezterm"]
      .contains { name.hasPrefix($0) }
    hasOwnScreen = Self.string("rmcup") != nil
    enter = (Self.string("smcup") ?? "") + (Self.string("smkx") ?? "")
    leave = (Self.string("rmkx") ?? "") + (Self.string("rmcup") ?? "")
    for (capability, key) in Self.keyCapabilities {
      guard let sequence = Self.string(capability), sequence.utf8.first == 0x1b else { continue }
      keys[Array(sequence.utf8)] = key
    }
  }

  /// A capability without its padding marks.
  private static func string(_ name: String) -> String? {
    guard let value = nc_string(name) else { return nil }
    var text = ""
    var isPadding = false
    let scalars = Array(String(cString: value).unicodeScalars)
    for (place, scalar) in scalars.enumerated() {
      if scalar == "$", place + 1 < scalars.count, scalars[place + 1] == "<" { isPadding = true }
      if !isPadding { text.unicodeScalars.append(scalar) }
      if scalar == ">" { isPadding = false }
    }
    return text
  }

  private static let keyCapabilities: [(String, Key)] = {
    let named: [(String, Key.NamedKey)] = [
      ("UP", .up), ("DN", .down), ("LFT", .left), ("RIT", .right), ("HOM", .home), ("END", .end),
      ("PRV", .pageUp), ("NXT", .pageDown), ("IC", .insert), ("DC", .delete),
    ]
    var keys: [(String, Key)] = [
      ("kcuu1", .up), ("kcud1", .down), ("kcub1", .left), ("kcuf1", .right), ("khome", .home),
      ("kend", .end), ("kpp", .pageUp), ("knp", .pageDown), ("kich1", .insert),
      ("kdch1", .delete), ("kcbt", .backTab), ("kLFT", .named(.left, .shift)),
      ("kRIT", .named(.right, .shift)), ("kri", .named(.up, .shift)),
      ("kind", .named(.down, .shift)), ("kHOM", .named(.home, .shift)),
      ("kEND", .named(.end, .shift)), ("kPRV", .named(.pageUp, .shift)),
      ("kNXT", .named(.pageDown, .shift)),
    ]
    for number in 1...12 { keys.append(("kf\(number)", .function(number))) }
    for (suffix, key) in named {
      for code in 2...8 {
        keys.append(("k\(suffix)\(code)", .named(key, Key.Modifiers(xtermCode: code))))
      }
    }
    return keys
  }()
}

extension Key.Modifiers {
  /// From xterm's parameter: one more than the sum of shift 1, alt 2, control 4.
  init(xtermCode code: Int) {
    self.init(rawValue: UInt8(truncatingIfNeeded: max(0, code - 1)) & 7)
  }
}

/// The variables of the environment that say something about the terminal.
package struct TerminalEnvironment: Sendable {
  package var term = ""
  package var colorTerm = ""
  package var hasNoColor = false

  package init(term: String = "", colorTerm: String = "", hasNoColor: Bool = false) {
    self.term = term
    self.colorTerm = colorTerm
    self.hasNoColor = hasNoColor
  }

  package static var current: TerminalEnvironment {
    func value(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
    return TerminalEnvironment(
      term: value("TERM"), colorTerm: value("COLORTERM"), hasNoColor: !value("NO_COLOR").isEmpty)
  }

  /// The depth by NO_COLOR, COLORTERM, the type's name, and last what terminfo says.
  func colors(terminfo: ColorDepth) -> ColorDepth {
    if hasNoColor { return .none }
    if colorTerm == "truecolor" || colorTerm == "24bit" || term.hasSuffix("-direct") {
      return .truecolor
    }
    if term.contains("kitty") || term.contains("ghostty") || term.contains("alacritty") {
      return .truecolor
    }
    return terminfo
  }
}
