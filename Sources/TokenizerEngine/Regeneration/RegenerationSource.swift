import Tokenization
import VideoIO

/// The tokens that a regeneration starts from, and how many of their frames are really there.
package struct RegenerationSource: Sendable, Equatable {
  package let tokens: ClipTokens
  /// Frames behind these are to be invented; 0 where there is no clip at all.
  package let realFrames: Int

  /// A clip as it is.
  package init(_ tokens: ClipTokens) {
    self.tokens = tokens
    realFrames = tokens.frames
  }

  /// A clip that goes on for `more` frames; till they are made, its last frame stands still.
  package init(_ tokens: ClipTokens, continuedBy more: Int) {
    var longer = tokens
    longer.frames += more
    if let times = tokens.times {
      let step = 1 / tokens.frameRate.framesPerSecond
      longer.times = times + (1...more).map { (times.last ?? 0) + Double($0) * step }
    }
    longer.grids = tokens.grids.map { grid in
      let wanted = longer.geometry.grid(level: grid.level, padded: longer.padded)
      var grid = grid
      let last = grid.rows(grid.t - 1..<grid.t)
      while grid.t < wanted[0] { grid.append(last) }
      return grid
    }
    self.tokens = longer
    realFrames = tokens.frames
  }

  /// No clip, only a size; all of it is to be invented.
  package init(frames: Int, width: Int, height: Int, prompt: String, model: ModelSummary) {
    let strides = model.strides.map { [$0.t, $0.y, $0.x] }
    let geometry = TokenGeometry(strides: strides)
    let padded = geometry.padded(frames: frames, width: width, height: height)
    tokens = ClipTokens(
      grids: strides.indices.map { index in
        let grid = geometry.grid(level: index + 1, padded: padded)
        return TokenGrid(
          level: index + 1, t: grid[0], h: grid[1], w: grid[2],
          codes: [UInt32](repeating: 0, count: grid.reduce(1, *)))
      }, bits: model.bits, strides: strides,
      clip: ClipDescription(frames: frames, width: width, height: height, caption: prompt),
      model: model.name, modelSHA256: model.sha256)
    realFrames = 0
  }

  /// The region that is to be invented; nil where all frames are real.
  package var missing: ClipRegion? {
    realFrames < tokens.frames
      ? ClipRegion(span: realFrames == 0 ? nil : realFrames..<tokens.frames) : nil
  }
}
