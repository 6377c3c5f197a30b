import ArgumentParser
import TokenizerEngine

/// Which clips of the procedural world a model is asked about.
struct FreshClipOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "Clips of a set, captions pairwise different.")
  var clips = 200

  @Option(parsing: .unconditional, help: "Frames of a clip, 4k + 1.")
  var frames = 17

  @Option(parsing: .unconditional, help: "Width and height in pixels.")
  var size = 64

  func validate() throws {
    guard (2...10_000).contains(clips) else {
      throw ValidationError("--clips takes 2 to 10000.")
    }
    guard (1...129).contains(frames), (1...512).contains(size) else {
      throw ValidationError("--frames takes 1 to 129, --size 1 to 512.")
    }
  }

  /// Checked against what the model can take.
  func fresh(for probe: ModelProbe, seed: UInt64) throws -> FreshClips {
    if let problem = probe.problem(frames: frames, size: size) {
      throw ValidationError("\(problem).")
    }
    return FreshClips(count: clips, frames: frames, size: size, seed: seed)
  }

  func description(seed: UInt64, of probe: ModelProbe) -> String {
    "\(clips) fresh procedural clips of \(frames) frames of \(size)x\(size), seed \(seed), model "
      + "\(probe.name) (\(probe.sha256.prefix(8)))"
  }
}
