import ArgumentParser
import TokenizerEngine

struct Samples: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make clips of moving shapes whose captions, masks and actions are known.",
    discussion: "Example: pyratok samples --count 64 --size 64 -o clips")

  @Option(help: "How many clips.")
  var count = 3

  @Option(help: "Frames of each clip.")
  var frames = 17

  @Option(help: "Width and height in pixels.")
  var size = 128

  @Option(name: [.short, .long], help: "A folder; made if need be.")
  var output: String

  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  func validate() throws {
    if count < 1 { throw ValidationError("--count takes 1 or more.") }
    if frames < 1 { throw ValidationError("--frames takes 1 or more.") }
    if !(1...4096).contains(size) { throw ValidationError("--size takes 1 to 4096.") }
  }

  func run() throws {
    common.begin()
    try OutputPath.makeFolder(output)
    var progress = ProgressLine(quiet: common.quiet)
    let clips = try SampleClips.write(
      count: count, seed: common.seed, frames: frames, size: size, to: output
    ) { done, total in
      try Interruption.check()
      progress.show("\(done) of \(total) clips")
    }
    progress.clear()
    guard json.isOn else {
      return try StandardOutput.writeLine(
        clips.map { "\($0.path): \($0.clip.caption)" }.joined(separator: "\n"))
    }
    try StandardOutput.writeLine(JSONObject { $0.set("clips", clips.map { JSONObject($0) }) })
  }
}
