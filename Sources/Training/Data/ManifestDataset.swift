import Tensors
import VideoIO

/// Clips that a manifest lists, in an order drawn anew for every pass over it.
///
/// In place of a clip that cannot be read stands the next one of the pass that can.
package final class ManifestDataset: ClipDataset {
  private let manifest: ClipManifest
  private let seed: UInt64
  private var order: (pass: Int, items: [Int]) = (-1, [])
  /// Readers stay open: finding the frames of a clip takes longer than decoding a few.
  private var readers: [ReaderKey: VideoReader] = [:]

  private let augmentation: Augmentation

  package private(set) var skipped: [SkippedClip]

  private struct ReaderKey: Hashable {
    let path: String
    let size: Int
  }

  package init(
    _ manifest: ClipManifest, seed: UInt64, augmentation: Augmentation = Augmentation()
  ) {
    self.manifest = manifest
    self.seed = seed
    self.augmentation = augmentation
    skipped = manifest.captionless
  }

  package func clip(
    at position: Int, frames: Int, size: Int, random: inout RandomSource
  ) throws -> CaptionedClip {
    let count = manifest.entries.count
    if order.pass != position / count { shuffle(pass: position / count) }
    for place in position..<position + count {
      let entry = manifest.entries[order.items[place % count]]
      // A clip that fails leaves no trace in the random source, whether it failed before or not.
      var draws = random
      do {
        let clip = try self.clip(entry, frames: frames, size: size, random: &draws)
        random = draws
        return clip
      } catch let error as VideoError {
        skip(entry.path, error.description)
      } catch let error as TooSmall {
        skip(
          entry.path,
          "\(entry.path): is smaller than \(error.size)x\(error.size), and nothing is enlarged.")
      }
    }
    throw TrainingError.badManifest(
      path: manifest.path,
      reason: "none of its clips can be used; \(skipped.last?.reason.dropLast() ?? "")")
  }

  private func skip(_ path: String, _ reason: String) {
    guard !skipped.contains(where: { $0.path == path }) else { return }
    skipped.append(SkippedClip(path: path, reason: reason))
  }

  private struct TooSmall: Error {
    let size: Int
  }

  private func clip(
    _ entry: ClipManifest.Entry, frames: Int, size: Int, random: inout RandomSource
  ) throws -> CaptionedClip {
    let side = augmentation.side(for: size, random: &random)
    // A clip that has no room for the crop is shown whole.
    var reader = try reader(entry.path, size: side)
    if reader.workingWidth < side || reader.workingHeight < side {
      reader = try self.reader(entry.path, size: size)
    }
    guard reader.workingWidth >= size, reader.workingHeight >= size else {
      throw TooSmall(size: size)
    }
    let window = augmentation.window(
      of: size, in: reader.workingWidth, caption: entry.caption, random: &random)
    // A clip that is too short is held at its last frame.
    let available = reader.info.frameCount
    let first = available > frames ? random.integer(below: available - frames + 1) : 0
    let last = min(first + frames, available)
    var pixels: [UInt8] = []
    pixels.reserveCapacity(frames * size * size * 3)
    for frame in try reader.frames(first..<last) { window.append(frame, to: &pixels) }
    let held = Array(pixels.suffix(size * size * 3))
    for _ in (last - first)..<frames { pixels += held }
    return CaptionedClip(pixels: pixels, caption: entry.caption, name: entry.path)
  }

  private func shuffle(pass: Int) {
    var random = RandomSource(seed: seed &+ UInt64(pass))
    order = (pass, Array(manifest.entries.indices).shuffled(using: &random))
  }

  private func reader(_ path: String, size: Int) throws -> VideoReader {
    let key = ReaderKey(path: path, size: size)
    if let reader = readers[key] { return reader }
    if readers.count >= 16 { readers.removeAll() }
    let reader = try VideoReader(path: path, size: .square(size))
    readers[key] = reader
    return reader
  }
}
