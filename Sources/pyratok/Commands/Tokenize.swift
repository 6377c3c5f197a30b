import ArgumentParser
import Foundation
import TokenizerEngine

struct Tokenize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Turn clips into token files.",
    discussion: "Example: pyratok tokenize film.mp4 --frames 17 -o film.safetensors")

  @Argument(help: "Video files, pictures, or folders of numbered pictures.")
  var clips: [String]

  @Option(
    name: [.short, .long],
    help: "A .safetensors file, or for several clips a folder: one file each, existing ones stay.")
  var output: String

  @Option(help: "What the clip shows; it changes the tokens.")
  var caption: String?

  @OptionGroup var clip: ClipOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  private var target: TokenFileTarget { TokenFileTarget(output: output, clips: clips) }

  func run() throws {
    common.begin()
    let folder = try target.open(inputs: clips.count)
    defer { folder?.close() }
    let session = try common.session()
    var run = InputRun(quiet: common.quiet, count: clips.count)
    let existing = clips.filter { target.isThere(for: $0) }
    for path in existing { run.skip(path, reason: "\(target.path(of: path)) is there already") }
    var results: [JSONObject] = []
    try run.each(clips.filter { !existing.contains($0) }) { path, report in
      let result = try session.tokenize(clip.request(for: path), caption: caption, report: report)
      // Two clips of one name: the first keeps it.
      if target.isThere(for: path) { throw CommandError.alreadyThere(target.path(of: path)) }
      try result.tokens.write(to: target.path(of: path))
      results.append(fields(path, result))
      return InputResult(notices: result.notices, text: json.isOn ? nil : text(path, result))
    }
    if json.isOn { try StandardOutput.writeLine(document(results, skipped: run.skipped)) }
    try run.finish()
  }

  /// The fields of one clip where one file was asked for; of a folder, a list of clips.
  private func document(_ results: [JSONObject], skipped: [SkippedInput]) -> JSONObject {
    var document = target.isSingleFile ? results.first ?? JSONObject() : JSONObject()
    if !target.isSingleFile { document.set("clips", results) }
    document.set("skipped", skipped.map(\.json))
    return document
  }

  private func fields(_ path: String, _ result: TokenizedClip) -> JSONObject {
    JSONObject {
      $0.set("path", path)
      $0.set("output", target.path(of: path))
      $0.set(result)
      $0.set("notices", result.notices)
    }
  }

  private func text(_ path: String, _ result: TokenizedClip) -> String {
    let tokens = result.tokens
    return "\(target.path(of: path)): \(tokens.frames) frames of "
      + "\(tokens.width)x\(tokens.height), \(tokens.count) tokens, "
      + "\(fixed(tokens.bitsPerPixel, 3)) bits per pixel, "
      + "\(fixed(result.framesPerSecond, 1)) frames a second"
  }
}
