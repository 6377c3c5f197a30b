import Foundation
import Tensors
import Training
import VideoIO

/// A clip of the procedural world on disk.
package struct SampleClip: Sendable {
  package let path: String
  package let masks: String
  package let clip: WorldClip
}

/// Writes clips of the procedural world: the same seed gives the same bytes.
package enum SampleClips {
  package static func write(
    count: Int, seed: UInt64, frames: Int, size: Int, to folder: String, report: StepReport
  ) throws -> [SampleClip] {
    let folder = URL(fileURLWithPath: folder).standardizedFileURL.path
    var written: [SampleClip] = []
    do {
      for index in 0..<count {
        try report(index, count)
        let clip = ProceduralWorld.clip(
          seed: ProceduralWorld.seed(seed, stream: .samples, index: index), frames: frames,
          width: size, height: size)
        let name = String(format: "%@/sample-%03d", folder, index + 1)
        let sample = SampleClip(path: name + ".mkv", masks: name + ".masks.npy", clip: clip)
        written.append(sample)
        try write(clip, to: sample.path)
        let masks = StoredTensor(clip.masks, shape: [clip.frames, clip.height, clip.width])
        try NumpyFile(masks).write(to: sample.masks)
      }
    } catch {
      // Half a set is no set: whoever stops it finds the folder as it was.
      for sample in written {
        unlink(sample.path)
        unlink(sample.masks)
      }
      throw error
    }
    return written
  }

  /// At 24 frames a second, lossless.
  private static func write(_ clip: WorldClip, to path: String) throws {
    let writer = try makeWriter(
      path: path, width: clip.width, height: clip.height, frameRate: Rational(24), times: nil)
    let size = clip.width * clip.height * 3
    for index in 0..<clip.frames {
      try writer.append(
        Frame(
          width: clip.width, height: clip.height,
          pixels: Array(clip.pixels[index * size..<(index + 1) * size]), time: Double(index) / 24))
    }
    try writer.finish()
  }
}
