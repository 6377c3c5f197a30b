import ArgumentParser
import TokenizerEngine
import VideoIO

/// Which frames of a clip are read.
struct ClipPartOptions: ParsableArguments {
  @Option(
    parsing: .unconditional, help: "The video stream's number in its file (default: libav's best).")
  var stream: Int?

  @Option(parsing: .unconditional, help: "Start here, in seconds.")
  var start: Double = 0

  @Option(parsing: .unconditional, help: "How many consecutive frames (default: all).")
  var frames: Int?

  func validate() throws {
    if let stream, stream < 0 { throw ValidationError("--stream takes 0 or more.") }
    if !start.isFinite || start < 0 { throw ValidationError("--start takes 0 or more seconds.") }
    if let frames, frames < 0 { throw ValidationError("--frames takes 1 or more.") }
  }

  func request(for path: String, size: WorkingSize) -> ClipRequest {
    ClipRequest(path: path, stream: stream, size: size, start: start, frames: frames)
  }
}

/// Which part of a clip is read, and at which size.
struct ClipOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "The largest centred square, scaled to this side.")
  var square: Int?

  @Option(
    name: .customLong("size"), parsing: .unconditional,
    help: "Longer side N (default: 256), WxH to cover and crop, or native. Nothing is enlarged.")
  var size: WorkingSize?

  @OptionGroup var part: ClipPartOptions

  func validate() throws {
    if square != nil, size != nil { throw ValidationError("Give --square or --size, not both.") }
    if let square, square < 1 { throw ValidationError("--square takes 1 or more.") }
  }

  func request(for path: String) -> ClipRequest {
    part.request(for: path, size: square.map(WorkingSize.square) ?? size ?? .standard)
  }
}

extension WorkingSize: ExpressibleByArgument {}
