/// What the decoder must not see: whole levels, or single bits of a level.
package struct Mutes: Sendable, Hashable {
  package private(set) var levels: Set<Int> = []
  /// For each level, a mask of muted bits; bit 0, the most significant of the code, is 1 << 0.
  package private(set) var bits: [Int: UInt32] = [:]

  package init() {}

  package var isEmpty: Bool { levels.isEmpty && bits.isEmpty }

  package func contains(level: Int) -> Bool { levels.contains(level) }

  package func contains(bit: Int, level: Int) -> Bool {
    (bits[level] ?? 0) & (1 << UInt32(bit)) != 0
  }

  package mutating func toggle(level: Int) {
    if levels.remove(level) == nil { levels.insert(level) }
  }

  package mutating func toggle(bit: Int, level: Int) {
    let mask = (bits[level] ?? 0) ^ (1 << UInt32(bit))
    bits[level] = mask == 0 ? nil : mask
  }
}
