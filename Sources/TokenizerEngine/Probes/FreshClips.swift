import Tensors
import Training

/// Clips of the procedural world that no training or validation has seen, with pairwise different
/// captions.
package struct FreshClips: Sendable, Equatable {
  package let count: Int
  /// 4k + 1.
  package let frames: Int
  /// Width and height in pixels.
  package let size: Int
  package let seed: UInt64

  package init(count: Int, frames: Int, size: Int, seed: UInt64) {
    (self.count, self.frames, self.size, self.seed) = (count, frames, size, seed)
  }

  /// Clips that go through a model together: 8 of the usual size, fewer where they are larger.
  var batch: Int { max(1, min(8, 8 * 17 * 64 * 64 / (frames * size * size))) }

  /// The clips of one set, in order; sets share no clip.
  package func clips(set index: Int) -> some Sequence<WorldClip> {
    // Sets start far apart, so that skipped captions never reach into the next one.
    sequence(state: (captions: Set<String>(), next: index * 1_000_000)) { state in
      guard state.captions.count < count else { return nil }
      while true {
        let seed = ProceduralWorld.seed(seed, stream: .evaluation, index: state.next)
        let clip = ProceduralWorld.clip(seed: seed, frames: frames, width: size, height: size)
        state.next += 1
        if state.captions.insert(clip.caption).inserted { return clip }
      }
    }
  }

  /// [N, T, H, W, 3] in −1…1.
  static func video(_ clips: [WorldClip]) -> Tensor {
    let first = clips[0]
    let values = clips.flatMap { clip in clip.pixels.map { Float($0) / 127.5 - 1 } }
    return Tensor(values, shape: [clips.count, first.frames, first.height, first.width, 3])
  }
}

extension Sequence {
  /// Runs of `size` elements, the last one shorter.
  func inBatches(of size: Int, _ body: ([Element]) throws -> Void) rethrows {
    var batch: [Element] = []
    for element in self {
      batch.append(element)
      if batch.count == size {
        try body(batch)
        batch.removeAll(keepingCapacity: true)
      }
    }
    if !batch.isEmpty { try body(batch) }
  }
}
