import Tensors

/// One clip with its caption, as training sees it.
package struct CaptionedClip: Sendable, Equatable {
  /// RGB bytes, [T, H, W, 3].
  package var pixels: [UInt8]
  package var caption: String
  /// What errors call it.
  package var name: String
  /// What is known about its parts; empty for listed clips.
  package var parts: [ClipPart] = []
  /// The words for what is behind them.
  package var ground: String?
  /// The same clip before one thing in its only part was changed; nil where there was no change.
  package var former: [UInt8]?
}

/// A clip of the data that training goes on without.
package struct SkippedClip: Sendable, Equatable, Codable {
  package let path: String
  package let reason: String
}

/// A source of clips, numbered without end; confined to one queue at a time.
package protocol ClipDataset: AnyObject {
  /// The clip at a position; `random` chooses what the position leaves open.
  func clip(
    at position: Int, frames: Int, size: Int, random: inout RandomSource
  ) throws -> CaptionedClip

  /// A clip in which something was changed, and the sentence that asks for it; nil where the data
  /// has none.
  func edit(at position: Int, frames: Int, size: Int, random: inout RandomSource) -> CaptionedClip?

  /// The clips that could not be read so far, each once.
  var skipped: [SkippedClip] { get }
}

extension ClipDataset {
  package func edit(
    at position: Int, frames: Int, size: Int, random: inout RandomSource
  ) -> CaptionedClip? { nil }

  package var skipped: [SkippedClip] { [] }
}

/// Clips of the procedural world.
package final class ProceduralDataset: ClipDataset {
  private let seed: UInt64
  private let stream: ProceduralWorld.Stream
  private let distinct: Int?
  /// What a short list of clips gives again and again.
  private var kept: [ClipKey: CaptionedClip] = [:]

  private struct ClipKey: Hashable {
    let index: Int
    let frames: Int
    let size: Int
  }

  /// - Parameter distinct: the number of different clips; without end if nil.
  package init(seed: UInt64, stream: ProceduralWorld.Stream, distinct: Int? = nil) {
    self.seed = seed
    self.stream = stream
    self.distinct = distinct
  }

  package func clip(
    at position: Int, frames: Int, size: Int, random: inout RandomSource
  ) -> CaptionedClip {
    let index = distinct.map { position % $0 } ?? position
    let key = ClipKey(index: index, frames: frames, size: size)
    if let clip = kept[key] { return clip }
    let clip = ProceduralWorld.clip(
      seed: ProceduralWorld.seed(seed, stream: stream, index: index), frames: frames, width: size,
      height: size)
    let result = CaptionedClip(
      pixels: clip.pixels, caption: clip.caption, name: "clip \(index) of the procedural world",
      parts: clip.parts, ground: clip.ground)
    if let distinct, distinct <= 64 { kept[key] = result }
    return result
  }

  package func edit(
    at position: Int, frames: Int, size: Int, random: inout RandomSource
  ) -> CaptionedClip? {
    // Too few frames show no motion: the first ones of more are taken.
    let shown = max(frames, ProceduralWorld.fewestEditFrames)
    let attributes = WorldEdit.Attribute.allCases.filter { frames == shown || $0 != .motion }
    let index = distinct.map { position % $0 } ?? position
    let seed = ProceduralWorld.seed(seed, stream: stream, index: index)
    let edits = ProceduralWorld.edits(
      [random.element(of: attributes)], seed: seed, frames: shown, size: size)
    let bytes = frames * size * size * 3
    return edits.first.map { edit in
      CaptionedClip(
        pixels: Array(edit.target.pixels.prefix(bytes)), caption: edit.caption ?? edit.prompt,
        name: "edit \(index) of the procedural world",
        parts: [ClipPart(box: edit.box, phrase: edit.prompt)],
        former: Array(edit.source.pixels.prefix(bytes)))
    }
  }
}
