/// What the decoder must not see: whole levels, or single bits of a level.
///
/// Muted bits enter as 0, halfway between −1 and +1.
package struct Muting: Sendable, Equatable, Hashable {
  package var levels: Set<Int> = []
  /// For each level the channels of its codes that are muted; 0 is the most significant bit.
  package var channels: [Int: Set<Int>] = [:]

  package init(levels: Set<Int> = [], channels: [Int: Set<Int>] = [:]) {
    self.levels = levels
    self.channels = channels
  }

  /// The bits of a level's integer codes that the decoder sees.
  func visibleBits(level: Int, bits: Int) -> UInt32 {
    if levels.contains(level) { return 0 }
    return (channels[level] ?? []).reduce(UInt32.max) { mask, channel in
      (0..<bits).contains(channel) ? mask & ~(1 << UInt32(bits - 1 - channel)) : mask
    }
  }
}
