import ArgumentParser
import Tensors
import TokenizerEngine
import VideoIO
import Workbench

struct SnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot",
    abstract: "Any screen of the workbench as text.",
    discussion: "Example: pyratok snapshot tokens film.mp4 --size 200x60 --svg screen.svg")

  @Argument(help: "clip, tokens, codebook, train or generate.")
  var view: ViewName

  @Argument(
    help:
      "A video file, a picture, or a folder of numbered pictures (default: a sample); for train, a run's folder."
  )
  var clip: String?

  @Option(help: "Columns x rows.")
  var size = Size.printed

  @Option(help: "The clip's size: longer side N (default: 256), WxH or native.")
  var clipSize: WorkingSize?

  @Option(parsing: .unconditional, help: "The clip's largest centred square, scaled to this side.")
  var square: Int?

  @Option(help: "A file of keys to press first, such as `right right m`, or `wait 0.5`.")
  var script: String?

  @Option(help: "What the clip shows; it changes the tokens.")
  var caption: String?

  @Option(help: "A theme by its name, such as light.")
  var theme: String?

  @Option(help: "For generate: make the region anew from this sentence, and show the result.")
  var prompt: String?

  @Option(help: "The folder of the prior, or the name of a bundled one.")
  var prior: String?

  @Option(help: ArgumentHelp("An index of clips to open beside the clip.", valueName: "file"))
  var db: String?

  @Flag(help: "With the terminal's colours.")
  var ansi = false

  @Option(help: "Write a picture that scales instead.")
  var svg: String?

  @OptionGroup var region: RegionOptions
  @OptionGroup var sampling: SamplingOptions
  @OptionGroup var part: ClipPartOptions
  @OptionGroup var judging: ThresholdsOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if square != nil, clipSize != nil {
      throw ValidationError("Give --square or --clip-size, not both.")
    }
    let isAboutRegion = region.box != nil || region.span != nil || region.levels != nil
    if view != .generate, prompt != nil || isAboutRegion {
      throw ValidationError("--prompt, --box, --span and --levels are for generate.")
    }
    if view == .train, clip == nil { throw ValidationError("Name the run's folder.") }
    if let square, square < 1 { throw ValidationError("--square takes 1 or more.") }
  }

  func run() throws {
    common.applyThreads()
    Interruption.endAtOnce()
    if let svg {
      try OutputPath.checkFile(svg)
      try OutputPath.check(svg, isNoneOf: [clip, script].compactMap(\.self))
    }
    let request =
      view == .train
      ? nil
      : part.request(
        for: try clip ?? SampleLocation.anyClip(),
        size: square.map(WorkingSize.square) ?? clipSize ?? .standard)
    var options = SnapshotOptions(view: view, request: request, size: size)
    options.run = view == .train ? clip : nil
    options.model = common.model
    options.caption = caption
    options.theme = theme
    options.db = db
    options.thresholds = try judging.read()
    if view == .generate {
      options.prior = prior
      options.regeneration = prompt.map {
        RegenerationRequest(
          prompt: $0, region: region.region, settings: sampling.settings(seed: common.seed),
          prior: prior)
      }
    }
    options.isPlainText = !ansi && svg == nil
    if let script {
      let text = String(decoding: try WholeFile.read(script, limit: 1 << 20), as: UTF8.self)
      options.steps = try KeyScript.parse(text)
    }
    let (screen, shown, notices) = try Workbench.Snapshot.screen(options) { try loadCodec($0) }
    InputRun.show(notices, of: request?.path ?? "", quiet: common.quiet)
    if let svg { return try WholeFile.write([Array(screen.svg(theme: shown).utf8)], to: svg) }
    try StandardOutput.write(
      ansi ? screen.ansi(theme: shown, depth: .truecolor) : screen.text)
  }
}

extension ViewName: ExpressibleByArgument {}

extension Size: ExpressibleByArgument {
  public var defaultValueDescription: String { "\(width)x\(height)" }

  /// Reads `100x30`.
  public init?(argument: String) {
    let parts = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let width = parts[0], let height = parts[1],
      (1...2000).contains(width), (1...2000).contains(height)
    else { return nil }
    self.init(width: width, height: height)
  }
}
