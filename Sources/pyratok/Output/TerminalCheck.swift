import Foundation
import TokenizerEngine

/// What this terminal says about itself.
enum TerminalCheck {
  static var all: [SystemCheck] { [terminal, colours, letters] }

  /// Then nothing about a terminal can be found wanting.
  private static var isPiped: Bool { isatty(STDOUT_FILENO) == 0 }

  private static var environment: [String: String] { ProcessInfo.processInfo.environment }

  private static var terminal: SystemCheck {
    let name = environment["TERM"] ?? "not set"
    guard !isPiped else {
      return SystemCheck(
        name: "terminal", isFine: true, detail: "not a terminal (piped), TERM \(name)")
    }
    var size = winsize()
    let hasSize = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0
    return SystemCheck(
      name: "terminal", isFine: !hasSize || size.ws_col >= 40 && size.ws_row >= 12,
      detail: "TERM \(name), \(size.ws_col)x\(size.ws_row)",
      remedy: "the workbench needs a terminal of 40x12 or more; elsewhere its screens are printed")
  }

  private static var colours: SystemCheck {
    let term = environment["TERM"] ?? ""
    let depth = environment["COLORTERM"] ?? ""
    let isTrue = depth == "truecolor" || depth == "24bit" || term.hasSuffix("-direct")
    let has256 = isTrue || term.contains("256") || term.contains("kitty")
    return SystemCheck(
      name: "colours", isFine: isPiped || has256 && environment["NO_COLOR"] == nil,
      detail: environment["NO_COLOR"] != nil
        ? "none, NO_COLOR is set" : isTrue ? "24 bits" : has256 ? "256" : "16 or fewer",
      remedy: "pictures need 256 colours: set TERM to xterm-256color, COLORTERM to truecolor "
        + "if the terminal can do it, and unset NO_COLOR")
  }

  private static var letters: SystemCheck {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"]
    let locale = names.compactMap { environment[$0] }.first { !$0.isEmpty } ?? "C"
    let isUTF8 = locale.lowercased().replacingOccurrences(of: "-", with: "").contains("utf8")
    return SystemCheck(
      name: "letters", isFine: isUTF8, detail: "locale \(locale)",
      remedy: "pictures use block characters: export LANG=C.UTF-8")
  }
}
