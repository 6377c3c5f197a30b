import Foundation
import TokenizerEngine

/// What this terminal says about itself.
enum TerminalCheck {
  static var all: [SystemCheck] { [terminal, colours, letters] }

  private static var environment: [String: String] { ProcessInfo.processInfo.environment }

  private static var terminal: SystemCheck {
    var size = winsize()
    let isTerminal = isatty(STDOUT_FILENO) != 0
    let hasSize = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0
    let name = environment["TERM"] ?? "not set"
    return SystemCheck(
      name: "terminal", isFine: isTerminal && (!hasSize || size.ws_col >= 40 && size.ws_row >= 12),
      detail: isTerminal
        ? "TERM \(name), \(size.ws_col)x\(size.ws_row)" : "stdout is no terminal, TERM \(name)",
      remedy: "the workbench needs a terminal of 40x12 or more; elsewhere its screens are printed")
  }

  private static var colours: SystemCheck {
    let term = environment["TERM"] ?? ""
    let depth = environment["COLORTERM"] ?? ""
    let isTrue = depth == "truecolor" || depth == "24bit" || term.hasSuffix("-direct")
    let has256 = isTrue || term.contains("256") || term.contains("kitty")
    return SystemCheck(
      name: "colours", isFine: has256 && environment["NO_COLOR"] == nil,
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
