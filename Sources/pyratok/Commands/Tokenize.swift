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

  func run() throws {
    common.begin()
    let target = TokenFileTarget(output: output, clips: clips)
    let folder = try target.open(inputs: clips)
    defer { folder?.close() }
    let session = try common.session()
    var run = InputRun(quiet: common.quiet, count: clips.count)
    let existing = clips.filter { target.isThere(for: $0) }
    tell(target)
    for path in existing {
      try Interruption.check()
      let kept = KeptTokens(
        path: target.path(of: path), request: clip.request(for: path), caption: caption,
        model: session.codec?.summary)
      run.skip(path, reason: kept.reason)
    }
    var results: [JSONObject] = []
    try run.each(clips.filter { !existing.contains($0) }) { path, report in
      let result = try session.tokenize(clip.request(for: path), caption: caption, report: report)
      // The same clip given twice: once is enough.
      if target.isThere(for: path) { throw CommandError.alreadyThere(target.path(of: path)) }
      try result.tokens.write(to: target.path(of: path))
      let output = target.path(of: path)
      results.append(fields(path, output, result))
      return InputResult(
        notices: result.notices, text: json.isOn || common.quiet ? nil : text(output, result))
    }
    if json.isOn {
      try StandardOutput.writeLine(
        document(results, skipped: run.skipped, isSingle: target.isSingleFile))
    }
    try run.finish()
  }

  /// Clips of one name in different folders get numbers.
  private func tell(_ target: TokenFileTarget) {
    for path in target.renamed {
      let notice = "its tokens go to \(target.path(of: path)), for another clip has its name"
      InputRun.show([notice], of: path, quiet: common.quiet)
    }
  }

  /// The fields of one clip where one file was asked for; of a folder, a list of clips.
  private func document(
    _ results: [JSONObject], skipped: [SkippedInput], isSingle: Bool
  ) -> JSONObject {
    var document = isSingle ? results.first ?? JSONObject() : JSONObject()
    if !isSingle { document.set("clips", results) }
    document.set("skipped", skipped.map(\.json))
    return document
  }

  private func fields(_ path: String, _ output: String, _ result: TokenizedClip) -> JSONObject {
    JSONObject {
      $0.set("path", path)
      $0.set("output", output)
      $0.set(result)
      $0.set("notices", result.notices)
    }
  }

  private func text(_ output: String, _ result: TokenizedClip) -> String {
    let tokens = result.tokens
    return "\(output): \(tokens.frames) frames of "
      + "\(tokens.width)x\(tokens.height), \(tokens.count) tokens, "
      + "\(fixed(tokens.bitsPerPixel, 3)) bits per pixel, "
      + "\(fixed(result.framesPerSecond, 1)) frames a second"
  }
}
