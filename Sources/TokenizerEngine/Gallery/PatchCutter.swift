import VideoIO

/// Cuts patches out of the open clip and out of those of an index, a frame at a time.
///
/// Confined to one thread at a time.
final class PatchCutter {
  /// Readers that stay open; each has its decoder and some frames.
  private static let mostClips = 3

  private var waiting: [Patch] = []
  private var clips: [(clip: CorpusClip, reader: OpenedClip)] = []

  var isIdle: Bool { waiting.isEmpty }

  /// These from now on, and none of those before.
  ///
  /// The wanted order decides between clips; within one, frames that are at hand go first, then the
  /// others in the order in which they are decoded.
  func replace(with patches: [Patch], isAtHand: (_ frame: Int) -> Bool) {
    var ranks: [Patch.Source: Int] = [:]
    for patch in patches where ranks[patch.source] == nil { ranks[patch.source] = ranks.count }
    let keyed = patches.map { patch -> (key: (Int, Int, Int), patch: Patch) in
      var isLate = 1
      if case .open = patch.source, isAtHand(patch.frame) { isLate = 0 }
      return ((ranks[patch.source] ?? 0, isLate, patch.frame), patch)
    }
    waiting = keyed.sorted { $0.key < $1.key }.map(\.patch)
    if patches.isEmpty { clips = [] }
  }

  /// All patches of the next frame; nil when none waits, or when it was told to stop.
  ///
  /// - Parameter openFrame: a frame of the clip that a job opened; nil if that is no longer it.
  func next(
    openFrame: (_ frame: Int, _ job: JobID) throws -> Frame?, shouldStop: () -> Bool
  ) -> [(patch: Patch, outcome: PatchOutcome)]? {
    guard let first = waiting.first else { return nil }
    let same = waiting.prefix { $0.source == first.source && $0.frame == first.frame }
    waiting.removeFirst(same.count)
    do {
      guard let frame = try frame(of: first, openFrame, shouldStop) else { return [] }
      return same.map { patch in
        (patch, frame.cut(patch.box).map(PatchOutcome.picture) ?? .fault("not in the picture"))
      }
    } catch let fault as UnreadableClip {
      if shouldStop() { return nil }
      // Told of once, for all its patches.
      let lost = same + waiting.filter { $0.source == first.source }
      waiting.removeAll { $0.source == first.source }
      return lost.map { ($0, .fault("\(fault.cause)")) }
    } catch {
      return same.map { ($0, .fault("\(error)")) }
    }
  }

  private struct UnreadableClip: Error { let cause: any Error }

  private func frame(
    of patch: Patch, _ openFrame: (_ frame: Int, _ job: JobID) throws -> Frame?,
    _ shouldStop: () -> Bool
  ) throws -> Frame? {
    switch patch.source {
    case .open(let job): return try openFrame(patch.frame, job)
    case .corpus(let clip):
      let opened: OpenedClip
      do { opened = try reader(of: clip, shouldStop: shouldStop) } catch {
        throw UnreadableClip(cause: error)
      }
      return try opened.frame(patch.frame)
    }
  }

  private func reader(of clip: CorpusClip, shouldStop: () -> Bool) throws -> OpenedClip {
    if let known = clips.first(where: { $0.clip == clip }) { return known.reader }
    guard let request = clip.source.request(path: clip.path) else {
      throw CorpusError.noPictures(clip.path)
    }
    try clip.checkIsUnchanged()
    let reader = try OpenedClip(request, shouldStop: shouldStop)
    let summary = reader.summary
    guard summary.width == clip.width, summary.height == clip.height,
      summary.frameCount >= clip.frames
    else { throw CorpusError.changed(clip.path) }
    clips.append((clip, reader))
    if clips.count > Self.mostClips { clips.removeFirst() }
    return reader
  }
}

extension Session {
  /// Cuts patches one after the other, those of the open clip whatever job opened it.
  package func cut(_ patches: [Patch]) -> [(patch: Patch, outcome: PatchOutcome)] {
    let cutter = PatchCutter()
    cutter.replace(with: patches) { _ in false }
    var cut: [(patch: Patch, outcome: PatchOutcome)] = []
    while let more = cutter.next(
      openFrame: { frame, _ in try self.clip?.frame(frame) }, shouldStop: { false })
    {
      cut += more
    }
    return cut
  }
}
