/// A colour as the terminal is asked for it: 0 the default, 1 << 24 | index, or 3 << 24 | RGB.
typealias Ink = UInt32

/// Gives every combination of two inks on the screen a number that ncurses can hold.
///
/// ncurses has 65,536 colour pairs and must repaint when one is redefined. So pair numbers are
/// pens here: a pen keeps its number and ncurses' meaning for ever, and only what it writes with
/// changes, and only while no cell on the screen was drawn with it.
struct PenBox {
  /// Pen 0 is ncurses' default pair.
  static let capacity = 65_535

  private(set) var foregrounds: [Ink] = [0]
  private(set) var backgrounds: [Ink] = [0]
  /// The frame in which a pen was last used.
  private var lastUses: [Int] = [0]
  /// Pens made so far; ncurses knows those below it.
  private(set) var count = 1
  private var free: [Int32] = []
  private var frame = 2

  private static let slotCount = 1 << 18
  /// Open addressing; -1 marks an empty slot.
  private var slots = [Int32](repeating: -1, count: slotCount)

  /// Whether pens may be taken back soon, so that it matters which are in use.
  var isNearlyFull: Bool { count > Self.capacity / 2 }

  /// Begins a frame; pens of the frame before stay as they are.
  mutating func beginFrame() { frame += 1 }

  /// The pen for two inks; nil when every pen is on the screen.
  mutating func pen(_ foreground: Ink, _ background: Ink) -> Int32? {
    if foreground == 0, background == 0 { return 0 }
    var slot = Self.slot(foreground, background)
    while slots[slot] >= 0 {
      let pen = Int(slots[slot])
      if foregrounds[pen] == foreground, backgrounds[pen] == background {
        lastUses[pen] = frame
        return Int32(pen)
      }
      slot = (slot + 1) & (Self.slotCount - 1)
    }
    if free.isEmpty, count > Self.capacity {
      sweep()
      if free.isEmpty { return nil }
      return pen(foreground, background)
    }
    return add(foreground, background, slot: slot)
  }

  private mutating func add(_ foreground: Ink, _ background: Ink, slot: Int) -> Int32 {
    let pen: Int
    if let old = free.popLast() {
      pen = Int(old)
      foregrounds[pen] = foreground
      backgrounds[pen] = background
      lastUses[pen] = frame
    } else {
      pen = count
      count += 1
      foregrounds.append(foreground)
      backgrounds.append(background)
      lastUses.append(frame)
    }
    slots[slot] = Int32(pen)
    return Int32(pen)
  }

  /// Frees the pens that neither this frame nor the one on the screen uses.
  private mutating func sweep() {
    for slot in slots.indices { slots[slot] = -1 }
    for pen in 1..<count {
      if lastUses[pen] < frame - 1 {
        free.append(Int32(pen))
        continue
      }
      var slot = Self.slot(foregrounds[pen], backgrounds[pen])
      while slots[slot] >= 0 { slot = (slot + 1) & (Self.slotCount - 1) }
      slots[slot] = Int32(pen)
    }
  }

  private static func slot(_ foreground: Ink, _ background: Ink) -> Int {
    let key = UInt64(foreground) << 32 | UInt64(background)
    return Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 46)
  }
}
