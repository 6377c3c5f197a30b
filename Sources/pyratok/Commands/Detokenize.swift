import ArgumentParser
import Tokenization
import TokenizerEngine

struct Detokenize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Turn a token file back into a clip.",
    discussion: "Example: pyratok detokenize film.safetensors -o back.mp4")

  @Argument(help: "A token file, as tokenize writes it.")
  var tokens: String

  @Option(
    name: [.short, .long],
    help: "By its ending: .mp4, .mkv (lossless), .gif, .npy, else a folder of .png.")
  var output: String

  @Flag(help: "Take weights other than those that made the tokens.")
  var force = false

  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  func run() throws {
    common.begin()
    try OutputPath.check(output, isNoneOf: [tokens])
    try KnownFile.checkTokens(tokens)
    let session = try common.session()
    var run = InputRun(quiet: common.quiet, count: 1)
    var result: ClipTokens?
    try run.each([tokens]) { path, report in
      result = try session.detokenize(path, to: output, force: force, report: report)
      return InputResult()
    }
    try run.finish()
    guard let result else { return }
    guard json.isOn else {
      if common.quiet { return }
      return try StandardOutput.writeLine(
        "\(output): \(result.frames) frames of \(result.width)x\(result.height)")
    }
    try StandardOutput.writeLine(
      JSONObject {
        $0.set("path", tokens)
        $0.set("output", output)
        $0.set("frames", result.frames)
        $0.set("width", result.width)
        $0.set("height", result.height)
      })
  }
}
