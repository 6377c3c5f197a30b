import VideoIO

/// Frames by index, as many as fit into a number of bytes; the farthest from the playhead go first.
package struct FrameStore: Equatable, Sendable {
  package private(set) var frames: [Int: Frame] = [:]
  private var bytes = 0
  private let limit: Int

  package init(limitInBytes: Int) { limit = limitInBytes }

  package subscript(index: Int) -> Frame? { frames[index] }

  package mutating func insert(_ new: [Frame], first: Int, near playhead: Int) {
    for (index, frame) in zip(first..., new) {
      if let old = frames.updateValue(frame, forKey: index) { bytes -= old.pixels.count }
      bytes += frame.pixels.count
    }
    guard bytes > limit else { return }
    // Down to three quarters at once, so that sorting is rare.
    for index in frames.keys.sorted(by: { abs($0 - playhead) > abs($1 - playhead) }) {
      guard bytes > limit / 4 * 3, let old = frames.removeValue(forKey: index) else { break }
      bytes -= old.pixels.count
    }
  }

  package mutating func removeAll() {
    frames = [:]
    bytes = 0
  }
}
