/// Which key does what on which screen.
package enum Keymap {
  package static func action(for key: Key, on view: ViewName) -> Action? {
    switch view {
    case .clip: clip[key] ?? everywhere[key]
    case .tokens: tokens[key] ?? everywhere[key]
    case .codebook: codebook[key] ?? everywhere[key]
    }
  }

  private static let everywhere: [Key: Action] = [
    .character("1"): .showClip, .character("2"): .showTokens, .character("3"): .showCodebook,
    .space: .playPause,
    .character("."): .frameForward, .character("l"): .frameForward,
    .character(","): .frameBack, .character("h"): .frameBack,
    .character("L"): .jumpForward, .pageDown: .jumpForward,
    .character("H"): .jumpBack, .pageUp: .jumpBack,
    .character("0"): .firstFrame, .home: .firstFrame,
    .character("$"): .lastFrame, .end: .lastFrame,
    .character("]"): .faster, .character("["): .slower,
    .character("a"): .loop, .character("m"): .mark,
    .character("'"): .nextMark, .character("\""): .previousMark,
    .character("}"): .finerLevel, .character("{"): .coarserLevel,
    .character("U"): .unmuteAll,
    .character("t"): .tokenize, .character("x"): .cancelJob,
    .control("c"): .cancelJob,
    .character("y"): .copy,
    .character("b"): .blitter, .character("c"): .colours, .character("T"): .theme,
    .character("S"): .symbols,
    .character(":"): .command, .control("p"): .palette, .character("/"): .palette,
    .character("?"): .help, .control("l"): .repaint, .control("z"): .suspend,
    .character("q"): .quit,
  ]

  private static let clip: [Key: Action] = [
    .left: .frameBack, .right: .frameForward, .up: .previousMark, .down: .nextMark,
    .tab: .nextPane, .backTab: .previousPane,
  ]

  private static let tokens: [Key: Action] = [
    .left: .cursorLeft, .right: .cursorRight, .up: .cursorUp, .down: .cursorDown,
    .character("k"): .cursorUp, .character("j"): .cursorDown,
    .tab: .bitMode, .backTab: .bitMode,
    .character("n"): .nextPlace, .character("N"): .previousPlace,
    .character("M"): .muteLevel, .character("B"): .muteBit,
  ]

  private static let codebook: [Key: Action] = [
    .up: .coarserLevel, .down: .finerLevel, .left: .frameBack, .right: .frameForward,
    .character("k"): .coarserLevel, .character("j"): .finerLevel,
    .tab: .finerLevel, .backTab: .coarserLevel,
  ]
}
