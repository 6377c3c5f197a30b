import Tokenization
import TokenizerEngine

@testable import VideoIO
@testable import Workbench

/// The Generate screen in known states, made of keys and of the events that an engine would post.
extension ExampleModel {
  static let sentence = "a blue square moves to the left"

  /// The sentence is typed and sent; its job is number 4.
  static func asked(_ size: Size, clip: ClipSummary = clip()) -> AppModel {
    var model = tokenized(size, clip: clip)
    model.view = .generate
    _ = model.update(.key(.character("r")))
    for character in sentence { _ = model.update(.key(.character(character))) }
    _ = model.update(.key(.enter))
    return model
  }

  /// A third of it is settled, and a preview is there.
  static func making(_ size: Size) -> AppModel {
    var model = asked(size)
    let job = JobID(4)
    let progress = RegenerationProgress(
      level: 1, settled: 480, total: 1_440, seconds: 2.1, secondsLeft: 4.2)
    _ = model.update(.engine(.regenerating(progress, job: job)))
    _ = model.update(
      .engine(
        .regenerated(
          first: 0, frames: [frame(0, shift: 90)], tokens: slices(frames: 17, shift: 5),
          isFinal: false, job: job)))
    return model
  }

  /// The first result is done.
  static func made(_ size: Size, unknown: [String] = []) -> AppModel {
    var model = making(size)
    finish(JobID(4), in: &model, unknown: unknown)
    return model
  }

  static func finish(_ job: JobID, in model: inout AppModel, unknown: [String] = []) {
    let frames = (0..<17).map { frame($0, shift: 60 + 40 * job.number) }
    _ = model.update(
      .engine(
        .regenerated(
          first: 0, frames: frames, tokens: slices(frames: 17, shift: job.number), isFinal: true,
          job: job)))
    let report = RegenerationReport(
      redrawn: [900, 320, 80, 20], changed: [880, 300, 70, 20],
      changedOutsideBeforeBlending: 0.0123, changedOutside: 0, outsidePixels: 69_632,
      seconds: 6.25, unknownWords: unknown)
    _ = model.update(.engine(.regenerationReport(report, job: job)))
    _ = model.update(.engine(.finished(job)))
    model.notice = nil
  }

  /// Other codes than those of the clip.
  static func slices(frames: Int, shift: Int) -> [TokenSlice] {
    slices(frames: frames).map { slice in
      TokenSlice(
        level: slice.level, firstStep: slice.firstStep, rows: slice.rows, columns: slice.columns,
        codes: slice.codes.map { ($0 + UInt32(shift) * 4_099) % 65_536 }, margins: [])
    }
  }
}
