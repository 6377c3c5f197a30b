import ArgumentParser
import Foundation
import Training

struct Samples: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make clips of moving shapes whose captions, masks and actions are known.",
    discussion: """
      Beside each clip its masks are written, and captions.jsonl for all: a manifest that a plan's \
      data.manifest can name.
      Example: pyratok samples --count 64 --size 64 -o clips
      """)

  @Option(parsing: .unconditional, help: "How many clips.")
  var count = 3

  @Option(parsing: .unconditional, help: "Frames of each clip.")
  var frames = 17

  @Option(parsing: .unconditional, help: "Width and height in pixels.")
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
    let folder = try OutputFolder(output)
    defer { folder.close() }
    var progress = ProgressLine(quiet: common.quiet)
    let maker = SampleMaker(seed: common.seed, count: count, frames: frames, size: size)
    var done = 0
    let before = try Set(FileManager.default.contentsOfDirectory(atPath: output))
    let clips: [SampleRecord]
    do {
      clips = try maker.write(
        to: output, shouldStop: { Interruption.isRequested },
        report: { _ in
          done += 1
          progress.show("\(done) of \(count) clips")
        })
      progress.clear()
      try Interruption.check()
      try CaptionList.write(clips, in: output)
    } catch {
      removeClips(besides: before)
      throw error
    }
    guard json.isOn else {
      if common.quiet { return }
      return try StandardOutput.writeLine(
        clips.map { "\($0.path): \($0.caption)" }.joined(separator: "\n"))
    }
    try StandardOutput.writeLine(JSONObject { $0.set("clips", clips.map { JSONObject($0) }) })
  }

  /// Half a set is no set: what this call added goes, what stood there before stays.
  private func removeClips(besides before: Set<String>) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: output)) ?? []
    for name in names where !before.contains(name) && name.hasPrefix("world-\(common.seed)-") {
      unlink(output + "/" + name)
    }
  }
}
