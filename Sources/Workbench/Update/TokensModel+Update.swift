import TokenizerEngine

extension AppModel {
  /// Towards the finer (−1) or coarser (+1) level, staying over the same place of the picture.
  mutating func changeLevel(by offset: Int) {
    let count = tokens.pyramid?.levels.count ?? model?.strides.count ?? 4
    let current = view == .codebook ? codebook.level : tokens.level
    setLevel(min(max(1, current + offset), count))
  }

  mutating func setLevel(_ level: Int) {
    codebook.level = level
    if let cursor = tokens.cursor(atFrame: clip.playhead),
      let other = tokens.pyramid?.position(cursor, atLevel: level)
    {
      tokens.row = other.row
      tokens.column = other.column
    }
    if level != tokens.level { tokens.editing.anchor = nil }
    tokens.level = level
  }

  mutating func moveCursor(rows: Int, columns: Int) {
    guard let grid = tokens.pyramid?[level: tokens.level] else { return }
    tokens.row = min(max(0, min(tokens.row, grid.rows - 1) + rows), grid.rows - 1)
    tokens.column = min(max(0, min(tokens.column, grid.columns - 1) + columns), grid.columns - 1)
  }

  /// To the next token in time that has the same code.
  mutating func goToPlace(forward: Bool) {
    guard let cursor = tokens.cursor(atFrame: clip.playhead), let pyramid = tokens.pyramid,
      let code = pyramid.code(at: cursor)
    else { return }
    let places = pyramid.places(of: code, level: cursor.level, limit: 100_000)
    guard places.count > 1, let index = places.firstIndex(of: cursor) else {
      say("This code occurs nowhere else on level \(cursor.level).")
      return
    }
    let next = places[(index + (forward ? 1 : places.count - 1)) % places.count]
    tokens.row = next.row
    tokens.column = next.column
    if next.step != cursor.step, let grid = pyramid[level: next.level] {
      clip.playback.pause()
      seek(to: grid.stride.frames(ofStep: next.step).lowerBound)
    }
  }

  mutating func toggleMute(level: Int) {
    var mutes = tokens.mutes
    mutes.toggle(level: level)
    setMutes(mutes)
  }

  mutating func toggleMute(bit: Int, level: Int) {
    var mutes = tokens.mutes
    mutes.toggle(bit: bit, level: level)
    setMutes(mutes)
  }

  /// The decode follows by itself: the frame that is shown is missing now.
  mutating func setMutes(_ mutes: Mutes) {
    tokens.mutes = mutes
    pendingRedraw = nil
    if mutes.isEmpty { say("Nothing is muted.") }
  }

  /// While a bit is chosen the arrows walk over the bits.
  func movedBit(_ key: Key) -> Int? {
    guard let bit = tokens.bit, let bits = tokens.pyramid?.bits else { return nil }
    let offset: Int
    switch key {
    case .left: offset = -1
    case .right: offset = 1
    case .up: offset = -4
    case .down: offset = 4
    default: return nil
    }
    return min(max(0, bit + offset), bits - 1)
  }
}
