/// Which key does what on which screen.
package enum Keymap {
  package static func action(for key: Key, on view: ViewName) -> Action? {
    switch view {
    case .clip: clip[key] ?? aboutClips[key] ?? always[key]
    case .tokens: tokens[key] ?? aboutClips[key] ?? always[key]
    case .codebook: codebook[key] ?? aboutClips[key] ?? always[key]
    case .train: train[key] ?? always[key]
    case .generate: generate[key] ?? aboutClips[key] ?? always[key]
    }
  }

  private static let always: [Key: Action] = [
    .character("1"): .showClip, .character("2"): .showTokens, .character("3"): .showCodebook,
    .character("4"): .showTrain, .character("5"): .showGenerate,
    .character("x"): .cancelJob, .control("c"): .cancelJob,
    .character("y"): .copy,
    .character("b"): .blitter, .character("c"): .colours, .character("T"): .theme,
    .character("S"): .symbols,
    .character(":"): .command, .control("p"): .palette, .character("/"): .palette,
    .character("?"): .help, .control("l"): .repaint, .control("z"): .suspend,
    .character("q"): .quit,
  ]

  private static let aboutClips: [Key: Action] = [
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
    .character("t"): .tokenize,
  ]

  private static let train: [Key: Action] = [
    .tab: .nextPanel, .backTab: .previousPanel,
    .up: .panelUp, .character("k"): .panelUp, .down: .panelDown, .character("j"): .panelDown,
    .named(.enter, []): .panelEnter,
    .left: .stepBack, .character(","): .stepBack, .character("h"): .stepBack,
    .right: .stepForward, .character("."): .stepForward, .character("l"): .stepForward,
    .pageUp: .pageBack, .character("H"): .pageBack,
    .pageDown: .pageForward,
    .home: .firstStep, .character("0"): .firstStep,
    .end: .followLatest, .character("$"): .followLatest,
    .character("+"): .zoomIn, .character("="): .zoomIn, .character("-"): .zoomOut,
    .character("]"): .smoother, .character("s"): .smoother, .character("["): .rougher,
    .character("L"): .logarithmic, .character("m"): .pinChart, .character("/"): .filterCharts,
    .character("}"): .nextPreview, .character("{"): .previousPreview,
    .character("v"): .compareRun, .character("p"): .pauseRun,
    .character("r"): .resumeRun, .character("C"): .checkpointRun, .character("X"): .stopRun,
    .character("R"): .setRate, .character("w"): .setWeight, .character("n"): .startRun,
    .character("O"): .startOverfit, .character("Q"): .startUnquantized,
  ]

  private static let generate: [Key: Action] = [
    .character("r"): .writePrompt, .enter: .writePrompt,
    .character("g"): .make, .character("G"): .makeGallery, .character("d"): .anotherSeed,
    .tab: .nextPart, .backTab: .previousPart,
    .up: .partUp, .down: .partDown, .left: .partLeft, .right: .partRight,
    .character("k"): .partUp, .character("j"): .partDown,
    .named(.right, .shift): .widen, .named(.left, .shift): .narrow,
    .named(.down, .shift): .heighten, .named(.up, .shift): .lower,
    .character("+"): .growBox, .character("="): .growBox, .character("-"): .shrinkBox,
    .character("s"): .moveOrSize, .character("m"): .markSpan,
    .character("p"): .regionPreset, .character("P"): .samplingPreset,
    .character("M"): .toggleLevel,
    .character("v"): .nextComparison, .character("V"): .previousComparison,
    .character("<"): .wipeLeft, .character(">"): .wipeRight,
    .character("n"): .nextResult, .character("N"): .previousResult,
    .character("a"): .acceptResult, .character("u"): .undoAccept, .control("r"): .redoAccept,
    .character("X"): .forgetResult, .character("e"): .export,
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
    .character("f"): .flipBit, .enter: .flipBit, .character("s"): .setCode,
    .character("v"): .chooseBox, .character("p"): .pasteTokens,
    .character("i"): .towardsCopy, .character("I"): .awayFromCopy,
    .character("d"): .explainBits,
    .character("u"): .undoAccept, .control("r"): .redoAccept, .character("e"): .export,
  ]

  private static let codebook: [Key: Action] = [
    .up: .codebookUp, .down: .codebookDown, .left: .frameBack, .right: .frameForward,
    .character("k"): .codebookUp, .character("j"): .codebookDown,
    .tab: .nextCodebookPanel, .backTab: .previousCodebookPanel, .enter: .openGallery,
    .character("/"): .searchIndex,
    .character("v"): .timeMeasure, .character("o"): .light, .character("g"): .measureLadder,
    .character("n"): .nextLit, .character("N"): .previousLit,
  ]
}
