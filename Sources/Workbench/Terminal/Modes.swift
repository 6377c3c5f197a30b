/// The bytes that switch a terminal to full-screen use and back.
enum Modes {
  static let beginFrame = "\u{1b}[?2026h"
  static let endFrame = "\u{1b}[?2026l"
  /// The background colour (OSC 11), then the attributes (DA1), which every terminal answers.
  static let question = "\u{1b}]11;?\u{1b}\\\u{1b}[c"

  /// SGR mouse with drag, bracketed paste, focus; 1003 and 1000 are off in case they were left on.
  static func enter(_ description: TerminalDescription, usesMouse: Bool) -> String {
    var text = description.enter
    if description.isXtermLike {
      text += "\u{1b}[?1003l\u{1b}[?1000l"
      text += usesMouse ? "\u{1b}[?1002h\u{1b}[?1006h" : "\u{1b}[?1002l\u{1b}[?1006l"
      text += "\u{1b}[?1004h\u{1b}[?2004h"
    }
    return text + "\u{1b}[?25l"
  }

  static func leave(_ description: TerminalDescription) -> String {
    var text = ""
    if description.isXtermLike {
      text += endFrame + "\u{1b}[?1006l\u{1b}[?1003l\u{1b}[?1002l\u{1b}[?1000l"
      text += "\u{1b}[?1004l\u{1b}[?2004l"
    }
    text += "\u{1b}[m\u{1b}[?25h"
    // Without another screen to go back to, leave the cursor below what was drawn.
    if !description.hasOwnScreen { text += "\u{1b}[999;1H\r\n" }
    return text + description.leave
  }
}
