/// Where every frame of a stream is and how it is recognised when it comes out of the decoder.
struct FrameIndex {
  struct Entry {
    /// In ticks of the stream; nil where the stream has no usable times.
    var timestamp: Int64?
    /// Known only where the index was made by decoding.
    var digest: UInt64?
  }

  /// A packet where decoding can start.
  struct EntryPoint {
    /// The first frame that can be reached from here.
    var frame: Int
    var pts: Int64
    var dts: Int64?
  }

  /// In the order of display.
  let entries: [Entry]
  /// Rising in `frame`; may be empty, for the start of the file always works.
  let entryPoints: [EntryPoint]
  /// Made by decoding, so that every frame is certain and can be verified after a seek.
  let isDecoded: Bool
  /// Ticks from the last frame's start to its end; 0 if unknown.
  let lastDuration: Int64
  private let frames: [Int64: Int]

  init(entries: [Entry], entryPoints: [EntryPoint], isDecoded: Bool, lastDuration: Int64) {
    self.entries = entries
    self.entryPoints = entryPoints
    self.isDecoded = isDecoded
    self.lastDuration = lastDuration
    var frames: [Int64: Int] = [:]
    var repeated: Set<Int64> = []
    for (frame, entry) in entries.enumerated() {
      guard let timestamp = entry.timestamp else { continue }
      if frames.updateValue(frame, forKey: timestamp) != nil { repeated.insert(timestamp) }
    }
    for timestamp in repeated { frames[timestamp] = nil }
    self.frames = frames
  }

  var count: Int { entries.count }

  /// The one frame with this timestamp; nil if there is none or more than one.
  func frame(at timestamp: Int64?) -> Int? { timestamp.flatMap { frames[$0] } }

  /// Position in `entryPoints` of the last one from which `frame` can be reached.
  func entryPoint(before frame: Int) -> Int? {
    var low = 0
    var high = entryPoints.count
    while low < high {
      let middle = (low + high) / 2
      if entryPoints[middle].frame <= frame { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : low - 1
  }
}
