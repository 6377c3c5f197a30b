import ArgumentParser
import CTerminal
import Glibc
import TokenizerEngine
import Workbench

struct Open: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Open a clip in the workbench (the same as `pyratok CLIP`).",
    discussion: "Without a terminal the Tokens screen is printed, as snapshot does.")

  @Argument(help: "A video file, a picture, or a folder of numbered pictures (default: a sample).")
  var clip: String?

  @Option(help: "What the clip shows; it changes the tokens.")
  var caption: String?

  @Option(help: "A theme by its name, such as light.")
  var theme: String?

  @Option(
    help: ArgumentHelp(
      "A prior for the Generate screen. Else $PYRATOK_PRIOR, then the bundled one.",
      valueName: "folder"))
  var prior: String?

  @Option(
    help: ArgumentHelp(
      "An index that `pyratok index` made, for the codes of a corpus beside the clip's.",
      valueName: "file"))
  var db: String?

  @OptionGroup var part: ClipOptions
  @OptionGroup var judging: ThresholdsOption
  @OptionGroup var common: CommonOptions

  func run() throws {
    common.applyThreads()
    if let clip { try KnownFile.checkClip(clip) }
    // A database that is none is told of before a screen is opened.
    if let db { try CorpusIndex(reading: db).close() }
    let request = part.request(for: try clip ?? SampleLocation.anyClip())
    let thresholds = try judging.read()
    guard isatty(STDIN_FILENO) != 0, isatty(STDOUT_FILENO) != 0 else { return try print(request) }
    var options = OpenOptions(request: request)
    options.model = common.model
    options.caption = caption
    options.theme = theme
    options.prior = prior
    options.db = db
    options.thresholds = thresholds
    let app: App
    do {
      app = try App(options) { try loadCodec($0) }
    } catch let error as TerminalError {
      StandardError.writeLine("pyratok: \(error)")
      return try print(request)
    }
    let code = app.run()
    // At once: the destructors of the arithmetic libraries must not run under the engine's thread,
    // which may still compute.
    fflush(nil)
    _exit(code)
  }

  /// What there is to see, for pipes and for terminals that cannot move the cursor.
  private func print(_ request: ClipRequest) throws {
    Interruption.endAtOnce()
    var options = SnapshotOptions(view: .tokens, request: request, size: .printable)
    options.model = common.model
    options.caption = caption
    options.theme = theme
    options.db = db
    options.isPlainText = true
    let (screen, _, notices) = try Workbench.Snapshot.screen(options) { try loadCodec($0) }
    InputRun.show(notices, of: request.path, quiet: common.quiet)
    try StandardOutput.write(screen.text)
  }
}

extension Size {
  /// Of screens that are printed where there is no terminal to ask.
  static let printed = Size(width: 100, height: 30)

  /// As wide as the terminal that is printed to, if it is one.
  static var printable: Size {
    var (columns, rows) = (Int32(0), Int32(0))
    guard isatty(STDOUT_FILENO) != 0, ct_window_size(STDOUT_FILENO, &columns, &rows) else {
      return printed
    }
    // The shell's next line needs a row too.
    return Size(width: Int(columns), height: max(1, Int(rows) - 1))
  }
}
