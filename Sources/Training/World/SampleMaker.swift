import FoundationEssentials
import Tensors
import VideoIO

/// A sample clip that was written: where it lies and everything that is known about it.
package struct SampleRecord: Sendable, Equatable, Codable {
  /// Absolute, FFV1 in .mkv.
  package let path: String
  /// Absolute, .npy U8 [T, H, W].
  package let masks: String
  package let caption: String
  package let background: String
  package let objects: [WorldObject]
  package let actions: [WorldAction]
}

/// Writes clips of the procedural world with their masks; the same seed gives the same bytes.
package struct SampleMaker: Sendable {
  package static let framesPerSecond = 12

  package var seed: UInt64
  package var count: Int
  package var frames: Int
  /// Width and height in pixels.
  package var size: Int

  package init(seed: UInt64 = 0, count: Int = 3, frames: Int = 17, size: Int = 128) {
    self.seed = seed
    self.count = count
    self.frames = frames
    self.size = size
  }

  /// Writes the clips into a folder, made if it is not there; `report` hears of each when it is done.
  package func write(
    to directory: String, shouldStop: () -> Bool = { false },
    report: (SampleRecord) -> Void = { _ in }
  ) throws -> [SampleRecord] {
    let folder = URL(fileURLWithPath: directory).standardizedFileURL.path
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw TrainingError.unwritable(path: directory, reason: "the folder cannot be made")
    }
    var records: [SampleRecord] = []
    for index in 0..<count where !shouldStop() {
      let clip = ProceduralWorld.clip(
        seed: ProceduralWorld.seed(seed, stream: .samples, index: index), frames: frames,
        width: size, height: size)
      let record = try write(clip, name: "\(folder)/world-\(seed)-\(index)")
      records.append(record)
      report(record)
    }
    return records
  }

  private func write(_ clip: WorldClip, name: String) throws -> SampleRecord {
    let record = SampleRecord(
      path: name + ".mkv", masks: name + ".masks.npy", caption: clip.caption,
      background: clip.background, objects: clip.objects, actions: clip.actions)
    let rate = Self.framesPerSecond
    let writer = try makeWriter(
      path: record.path, width: clip.width, height: clip.height, frameRate: Rational(rate, 1))
    let length = clip.width * clip.height * 3
    for frame in 0..<clip.frames {
      try writer.append(
        Frame(
          width: clip.width, height: clip.height,
          pixels: Array(clip.pixels[frame * length..<(frame + 1) * length]),
          time: Double(frame) / Double(rate)))
    }
    try writer.finish()
    let masks = StoredTensor(clip.masks, shape: [clip.frames, clip.height, clip.width])
    try NumpyFile(masks).write(to: record.masks)
    return record
  }
}
