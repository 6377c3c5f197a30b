/// How pixels and frames map to the token grids of a pyramid with given strides.
package struct TokenGeometry: Sendable, Equatable {
  /// [t, y, x] per level, level 1 (finest) first.
  package let strides: [[Int]]

  package init(strides: [[Int]]) { self.strides = strides }

  /// Frames that each chunk of a clip holds after the first, which is frame 0 alone.
  package static let chunkFrames = 4

  /// What padded sizes are multiples of: the largest stride on each axis, in time at least a chunk.
  package var coarsest: [Int] {
    (0..<3).map { axis in strides.map { $0[axis] }.max() ?? 1 }
      .enumerated().map { $0 == 0 ? max(Self.chunkFrames, $1) : $1 }
  }

  /// [T, H, W] that the model sees: 1 + whole chunks in time, multiples of the coarsest
  /// stride in space.
  package func padded(frames: Int, width: Int, height: Int) -> [Int] {
    let coarsest = coarsest
    return [
      1 + roundUp(frames - 1, to: coarsest[0]),
      roundUp(height, to: coarsest[1]),
      roundUp(width, to: coarsest[2]),
    ]
  }

  /// [t, h, w] of a level's token grid for a padded size.
  package func grid(level: Int, padded: [Int]) -> [Int] {
    let stride = strides[level - 1]
    return [(padded[0] - 1) / stride[0] + 1, padded[1] / stride[1], padded[2] / stride[2]]
  }

  package func grids(padded: [Int]) -> [[Int]] {
    strides.indices.map { grid(level: $0 + 1, padded: padded) }
  }

  /// Frames of the padded clip that each chunk of the schedule holds: 1, then 4 or more.
  package func chunks(paddedFrames: Int) -> [Range<Int>] {
    let step = coarsest[0]
    return [0..<1] + stride(from: 1, to: paddedFrames, by: step).map { $0..<$0 + step }
  }

  /// Which temporal rows of a level's grid belong to chunk `index` of the schedule.
  package func rows(level: Int, chunk index: Int) -> Range<Int> {
    let perChunk = coarsest[0] / strides[level - 1][0]
    return index == 0 ? 0..<1 : (1 + (index - 1) * perChunk)..<(1 + index * perChunk)
  }

  /// The frames (without padding) that a temporal row of a level ends: row 0 stands for frame 0
  /// alone, row t for the `stride` frames that end at frame t·stride.
  package func frames(level: Int, row: Int) -> Range<Int> {
    let stride = strides[level - 1][0]
    return row == 0 ? 0..<1 : ((row - 1) * stride + 1)..<(row * stride + 1)
  }

  /// The temporal row whose cell holds a frame.
  package func row(level: Int, frame: Int) -> Int {
    let stride = strides[level - 1][0]
    return (frame + stride - 1) / stride
  }

  private func roundUp(_ value: Int, to multiple: Int) -> Int {
    (value + multiple - 1) / multiple * multiple
  }
}
