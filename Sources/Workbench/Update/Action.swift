/// What can be done by key, palette or command: the single list behind help and footer.
package enum Action: String, CaseIterable, Equatable, Sendable {
  case showClip, showTokens, showCodebook, showTrain, showGenerate
  case playPause, frameForward, frameBack, jumpForward, jumpBack, firstFrame, lastFrame
  case faster, slower, loop, mark, nextMark, previousMark
  case nextPane, previousPane
  case finerLevel, coarserLevel
  case cursorUp, cursorDown, cursorLeft, cursorRight
  case nextCodebookPanel, previousCodebookPanel, codebookUp, codebookDown
  case timeMeasure, light, nextLit, previousLit, measureLadder, openGallery, searchIndex
  case nextPlace, previousPlace, bitMode, muteLevel, muteBit, unmuteAll
  case flipBit, setCode, chooseBox, pasteTokens, towardsCopy, awayFromCopy, explainBits
  case nextPanel, previousPanel, panelUp, panelDown, panelEnter
  case stepBack, stepForward, pageBack, pageForward, firstStep, followLatest
  case zoomIn, zoomOut, smoother, rougher, logarithmic, pinChart, filterCharts
  case nextPreview, previousPreview, compareRun
  case pauseRun, resumeRun, checkpointRun, stopRun, setRate, setWeight
  case startRun, startOverfit, startUnquantized
  case writePrompt, make, makeGallery, anotherSeed
  case nextPart, previousPart, partUp, partDown, partLeft, partRight
  case widen, narrow, heighten, lower, growBox, shrinkBox, moveOrSize
  case markSpan, regionPreset, samplingPreset, toggleLevel
  case nextComparison, previousComparison, wipeLeft, wipeRight
  case nextResult, previousResult, acceptResult, undoAccept, redoAccept, forgetResult, export
  case tokenize, cancelJob, copy
  case blitter, colours, theme, symbols
  case command, palette, help, repaint, suspend, quit

  /// Where it does something; nil is everywhere.
  package var views: [ViewName]? {
    switch self {
    case .nextPane, .previousPane: [.clip]
    case .finerLevel, .coarserLevel: [.tokens, .codebook, .generate]
    case .cursorUp, .cursorDown, .cursorLeft, .cursorRight, .nextPlace, .previousPlace, .bitMode,
      .muteLevel, .muteBit:
      [.tokens]
    case .playPause, .frameForward, .frameBack, .jumpForward, .jumpBack, .firstFrame, .lastFrame,
      .faster, .slower, .nextMark, .previousMark, .unmuteAll, .tokenize:
      [.clip, .tokens, .codebook, .generate]
    case .loop, .mark: [.clip, .tokens, .codebook]
    case .nextCodebookPanel, .previousCodebookPanel, .codebookUp, .codebookDown, .timeMeasure,
      .light, .nextLit, .previousLit, .measureLadder, .openGallery,
      .searchIndex:
      [.codebook]
    case .undoAccept, .redoAccept, .export: [.tokens, .generate]
    case _ where isAboutEditing: [.tokens]
    case _ where isAboutTraining: [.train]
    case _ where isAboutGenerating: [.generate]
    default: nil
    }
  }

  /// The keys as help shows them.
  package var keys: String {
    switch self {
    case .showClip: "1"
    case .showTokens: "2"
    case .showCodebook: "3"
    case .showTrain: "4"
    case .showGenerate: "5"
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
    case .nextCodebookPanel: "Tab"
    case .previousCodebookPanel: "S-Tab"
    case .codebookUp: "↑ k"
    case .codebookDown: "↓ j"
    case .timeMeasure: "v"
    case .measureLadder: "g"
    case .openGallery: "Enter"
    case .searchIndex: "/"
    case .light: "o"
    case .nextLit: "n"
    case .previousLit: "N"
    case .nextPlace: "n"
    case .previousPlace: "N"
    case .bitMode: "Tab"
    case .muteLevel: "M"
    case .muteBit: "B"
    case .unmuteAll: "U"
    case .flipBit: "f Enter"
    case .setCode: "s"
    case .chooseBox: "v"
    case .pasteTokens: "p"
    case .towardsCopy: "i"
    case .awayFromCopy: "I"
    case .explainBits: "d"
    case .nextPanel: "Tab"
    case .previousPanel: "S-Tab"
    case .panelUp: "↑ k"
    case .panelDown: "↓ j"
    case .panelEnter: "Enter"
    case .stepBack: "← , h"
    case .stepForward: "→ . l"
    case .pageBack: "H PgUp"
    case .pageForward: "PgDn"
    case .firstStep: "0 Home"
    case .followLatest: "$ End"
    case .zoomIn: "+"
    case .zoomOut: "-"
    case .smoother: "s ]"
    case .rougher: "["
    case .logarithmic: "L"
    case .pinChart: "m"
    case .filterCharts: "/"
    case .nextPreview: "}"
    case .previousPreview: "{"
    case .compareRun: "v"
    case .pauseRun: "p"
    case .resumeRun: "r"
    case .checkpointRun: "C"
    case .stopRun: "X"
    case .setRate: "R"
    case .setWeight: "w"
    case .startRun: "n"
    case .startOverfit: "O"
    case .startUnquantized: "Q"
    case .writePrompt: "r Enter"
    case .make: "g"
    case .makeGallery: "G"
    case .anotherSeed: "d"
    case .nextPart: "Tab"
    case .previousPart: "S-Tab"
    case .partUp: "↑ k"
    case .partDown: "↓ j"
    case .partLeft: "←"
    case .partRight: "→"
    case .widen: "S-→"
    case .narrow: "S-←"
    case .heighten: "S-↓"
    case .lower: "S-↑"
    case .growBox: "+"
    case .shrinkBox: "-"
    case .moveOrSize: "s"
    case .markSpan: "m"
    case .regionPreset: "p"
    case .samplingPreset: "P"
    case .toggleLevel: "M"
    case .nextComparison: "v"
    case .previousComparison: "V"
    case .wipeLeft: "<"
    case .wipeRight: ">"
    case .nextResult: "n"
    case .previousResult: "N"
    case .acceptResult: "a"
    case .undoAccept: "u"
    case .redoAccept: "^R"
    case .forgetResult: "X"
    case .export: "e"
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
    case .showTrain: "Train screen"
    case .showGenerate: "Generate screen"
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
    case .nextCodebookPanel: "next part: codes, bits, pairs, time, reach, ladder"
    case .previousCodebookPanel: "the part before"
    case .codebookUp: "level, code, bit or pair above"
    case .codebookDown: "level, code, bit or pair below"
    case .timeMeasure: "next measure of the levels over time"
    case .measureLadder: "what each level adds to the picture, from here on"
    case .openGallery: "gallery: the patches that the code stands for"
    case .searchIndex: "search the open index by words or a code"
    case .light: "light the code or bit on every screen, or put it out"
    case .nextLit: "to the next frame where it occurs"
    case .previousLit: "to the frame before where it occurs"
    case .nextPlace: "next place of this code"
    case .previousPlace: "previous place of this code"
    case .bitMode: "choose a bit of the code, or a token again"
    case .muteLevel: "mute this level in the decoder"
    case .muteBit: "mute this bit of the level"
    case .unmuteAll: "unmute everything"
    case .flipBit: "flip the chosen bit of the token"
    case .setCode: "set the token's code, in hexadecimal or decimal"
    case .chooseBox: "begin a box of tokens at the cursor, or end it"
    case .pasteTokens: "paste the copied tokens here, or fill the box"
    case .towardsCopy: "one differing bit nearer to the copied code"
    case .awayFromCopy: "one of those bits back"
    case .explainBits: "what each bit does here, as a map of the change"
    case .nextPanel: "next part of the screen"
    case .previousPanel: "previous part of the screen"
    case .panelUp: "chart, run, level or clip above"
    case .panelDown: "chart, run, level or clip below"
    case .panelEnter: "this part alone, or watch this run"
    case .stepBack: "cursor back, on all charts"
    case .stepForward: "cursor on, on all charts"
    case .pageBack: "half a window back"
    case .pageForward: "half a window on"
    case .firstStep: "first step"
    case .followLatest: "latest step, and follow it"
    case .zoomIn: "half as many steps"
    case .zoomOut: "twice as many steps"
    case .smoother: "smoother lines"
    case .rougher: "less smooth lines"
    case .logarithmic: "logarithmic axis of the chart"
    case .pinChart: "pin the chart to the front, or unpin it"
    case .filterCharts: "only charts whose title has these words"
    case .nextPreview: "next held-out clip"
    case .previousPreview: "previous held-out clip"
    case .compareRun: "compare with the run under the cursor, or no more"
    case .pauseRun: "pause the trainer, or let it go on"
    case .resumeRun: "go on with a run that has ended or paused"
    case .checkpointRun: "save a checkpoint now"
    case .stopRun: "stop the trainer; it can be resumed"
    case .setRate: "change the learning rate"
    case .setWeight: "change the weight of a loss"
    case .startRun: "start a new run by a plan"
    case .startOverfit: "start a run that overfits one clip"
    case .startUnquantized: "start a run with the quantizer off"
    case .writePrompt: "write the sentence; up brings those before it"
    case .make: "make the region anew from the sentence"
    case .makeGallery: "make it with four seeds, side by side"
    case .anotherSeed: "make it again with another seed"
    case .nextPart: "arrows for: region, settings, results"
    case .previousPart: "the part before"
    case .partUp: "box up; setting or result above"
    case .partDown: "box down; setting or result below"
    case .partLeft: "box to the left; less of the setting"
    case .partRight: "box to the right; more of the setting"
    case .widen: "wider box"
    case .narrow: "narrower box"
    case .heighten: "higher box"
    case .lower: "less high box"
    case .growBox: "larger box on all sides"
    case .shrinkBox: "smaller box on all sides"
    case .moveOrSize: "arrows move the box, or change its size"
    case .markSpan: "span of frames: start, end, all"
    case .regionPreset: "next region: box, whole clip, ending, levels"
    case .samplingPreset: "next way to draw: usual, careful, free, quick"
    case .toggleLevel: "make the level under the cursor anew, or keep it"
    case .nextComparison: "compare: side by side, difference, wipe, blink, gallery"
    case .previousComparison: "the comparison before"
    case .wipeLeft: "wipe to the left"
    case .wipeRight: "wipe to the right"
    case .nextResult: "next result"
    case .previousResult: "previous result"
    case .acceptResult: "accept: the result becomes the clip"
    case .undoAccept: "take the last edit or accepted result back"
    case .redoAccept: "give it again"
    case .forgetResult: "forget the result, or cancel it"
    case .export: "write the result, or the tokens as they are now"
    case .tokenize: "tokenize what is missing, from here on"
    case .cancelJob: "cancel the running job"
    case .copy: "copy the code, the box of tokens or the command"
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
