/// What can be done by key, palette or command: the single list behind help and footer.
package enum Action: String, CaseIterable, Equatable, Sendable {
  case showClip, showTokens, showCodebook
  case playPause, frameForward, frameBack, jumpForward, jumpBack, firstFrame, lastFrame
  case faster, slower, loop, mark, nextMark, previousMark
  case nextPane, previousPane
  case finerLevel, coarserLevel
  case cursorUp, cursorDown, cursorLeft, cursorRight
  case nextPlace, previousPlace, bitMode, muteLevel, muteBit, unmuteAll
  case tokenize, cancelJob, copy
  case blitter, colours, theme, symbols
  case command, palette, help, repaint, suspend, quit

  /// Where it does something; nil is everywhere.
  package var views: [ViewName]? {
    switch self {
    case .nextPane, .previousPane: [.clip]
    case .finerLevel, .coarserLevel: [.tokens, .codebook]
    case .cursorUp, .cursorDown, .cursorLeft, .cursorRight, .nextPlace, .previousPlace, .bitMode,
      .muteLevel, .muteBit:
      [.tokens]
    default: nil
    }
  }

  /// The keys as help shows them.
  package var keys: String {
    switch self {
    case .showClip: "1"
    case .showTokens: "2"
    case .showCodebook: "3"
    case .playPause: "space"
    case .frameForward: ". l"
    case .frameBack: ", h"
    case .jumpForward: "L PgDn"
    case .jumpBack: "H PgUp"
    case .firstFrame: "0 Home"
    case .lastFrame: "$ End"
    case .faster: "]"
    case .slower: "["
    case .loop: "a"
    case .mark: "m"
    case .nextMark: "'"
    case .previousMark: "\""
    case .nextPane: "Tab"
    case .previousPane: "S-Tab"
    case .finerLevel: "}"
    case .coarserLevel: "{"
    case .cursorUp: "↑ k"
    case .cursorDown: "↓ j"
    case .cursorLeft: "←"
    case .cursorRight: "→"
    case .nextPlace: "n"
    case .previousPlace: "N"
    case .bitMode: "Tab"
    case .muteLevel: "M"
    case .muteBit: "B"
    case .unmuteAll: "U"
    case .tokenize: "t"
    case .cancelJob: "x"
    case .copy: "y"
    case .blitter: "b"
    case .colours: "c"
    case .theme: "T"
    case .symbols: "S"
    case .command: ":"
    case .palette: "^P"
    case .help: "?"
    case .repaint: "^L"
    case .suspend: "^Z"
    case .quit: "q"
    }
  }

  package var title: String {
    switch self {
    case .showClip: "Clip screen"
    case .showTokens: "Tokens screen"
    case .showCodebook: "Codebook screen"
    case .playPause: "play or pause"
    case .frameForward: "one frame on"
    case .frameBack: "one frame back"
    case .jumpForward: "ten frames on"
    case .jumpBack: "ten frames back"
    case .firstFrame: "first frame"
    case .lastFrame: "last frame"
    case .faster: "play faster"
    case .slower: "play slower"
    case .loop: "A–B loop: start, end, off"
    case .mark: "set or remove a mark"
    case .nextMark: "next mark"
    case .previousMark: "previous mark"
    case .nextPane: "next choice of pictures"
    case .previousPane: "previous choice of pictures"
    case .finerLevel: "finer level, same place"
    case .coarserLevel: "coarser level, same place"
    case .cursorUp: "token above"
    case .cursorDown: "token below"
    case .cursorLeft: "token to the left"
    case .cursorRight: "token to the right"
    case .nextPlace: "next place of this code"
    case .previousPlace: "previous place of this code"
    case .bitMode: "choose a bit of the code, or a token again"
    case .muteLevel: "mute this level in the decoder"
    case .muteBit: "mute this bit of the level"
    case .unmuteAll: "unmute everything"
    case .tokenize: "tokenize what is missing, from here on"
    case .cancelJob: "cancel the running job"
    case .copy: "copy the code or the command"
    case .blitter: "next way to draw pictures"
    case .colours: "next colour mode"
    case .theme: "next theme"
    case .symbols: "next set of chart symbols"
    case .command: "type a command"
    case .palette: "search all commands"
    case .help: "keys and commands"
    case .repaint: "draw everything anew"
    case .suspend: "suspend"
    case .quit: "quit"
    }
  }

  /// The word under which the footer shows it.
  package var hint: String {
    switch self {
    case .playPause: "play"
    case .frameForward: "step"
    case .loop: "loop"
    case .mark: "mark"
    case .nextPane: "pictures"
    case .finerLevel, .coarserLevel: "level"
    case .cursorUp: "cursor"
    case .nextPlace: "next place"
    case .bitMode: "bits"
    case .muteLevel: "mute"
    case .muteBit: "mute bit"
    case .unmuteAll: "unmute"
    case .cancelJob: "cancel"
    case .copy: "copy"
    case .command: "command"
    case .palette: "search"
    case .help: "help"
    case .quit: "quit"
    case .theme: "theme"
    default: title
    }
  }
}
