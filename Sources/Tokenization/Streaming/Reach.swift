/// How far from its own place an output looks, in frames and pixels of the clip.
package struct Reach: Sendable, Equatable {
  /// Frames before its own; causal layers never look ahead.
  package var frames = 0
  /// Rows above, columns left of its first pixel.
  package var before = [0, 0]
  /// Rows below, columns right of its first pixel.
  package var after = [0, 0]

  /// Adds a layer with odd kernels [t, y, x] working at `stride`.
  fileprivate mutating func widen(kernel: [Int], stride: [Int]) {
    frames += (kernel[0] - 1) * stride[0]
    for axis in 0..<2 {
      let pixels = kernel[axis + 1] / 2 * stride[axis + 1]
      before[axis] += pixels
      after[axis] += pixels
    }
  }

  fileprivate mutating func widen(blocks: Int, stride: [Int]) {
    for _ in 0..<blocks { widen(kernel: [3, 3, 3], stride: stride) }
  }

  fileprivate func union(_ other: Reach) -> Reach {
    Reach(
      frames: max(frames, other.frames),
      before: zip(before, other.before).map(max), after: zip(after, other.after).map(max))
  }
}

extension TokenizerConfiguration {
  /// What a token of each level, 1 first, has seen, from the last frame and first pixel of its cell.
  package var tokenReaches: [Reach] {
    var stride = [1, patch, patch]
    var features = Reach(after: [patch - 1, patch - 1])
    features.widen(kernel: [1, 3, 3], stride: stride)
    features.widen(blocks: encoderBlocks[0], stride: stride)
    var tokens: [Reach] = []
    for (index, ratio) in ratios.enumerated() {
      features.widen(kernel: ratio.map { $0 == 2 ? 3 : 1 }, stride: stride)
      features.widen(blocks: encoderBlocks[index + 1], stride: strides[index])
      var token = features
      if var finer = tokens.last {
        finer.widen(kernel: [3, 3, 3], stride: stride)
        token = token.union(finer)
      }
      stride = strides[index]
      token.widen(blocks: 1, stride: stride)
      tokens.append(token)
    }
    return tokens
  }

  /// What a decoded pixel has seen of the tokens, from its own frame and place.
  package var pixelReach: Reach {
    let stages = [[1, patch, patch]] + strides
    var reach = Reach()
    reach.widen(kernel: [1, 3, 3], stride: stages[0])
    for (blocks, stride) in zip(decoderBlocks, stages) {
      reach.widen(blocks: blocks, stride: stride)
    }
    // A pixel may lie anywhere in its cell.
    let coarsest = geometry.coarsest
    reach.frames += coarsest[0] - 1
    for axis in 0..<2 {
      reach.before[axis] += coarsest[axis + 1] - 1
      reach.after[axis] += coarsest[axis + 1] - 1
    }
    return reach
  }

  /// Frames behind its own that a token of each level, 1 first, may change.
  package var tokenEchoes: [Int] {
    var reach = Reach()
    let echoes = zip(decoderBlocks, [[1, patch, patch]] + strides).map { blocks, stride in
      reach.widen(blocks: blocks, stride: stride)
      return reach.frames + geometry.coarsest[0] - 1
    }
    return Array(echoes.dropFirst())
  }

  /// Frames that must have been fed before a token is what the whole clip would give.
  package var encoderReach: Int { tokenReaches.map(\.frames).max() ?? 0 }

  /// Frames whose tokens must have been fed before a decoded frame is what the whole clip gives.
  package var decoderReach: Int { pixelReach.frames }

  /// What the token at (t, y, x) has seen of a padded clip [T, H, W].
  package func receptiveField(level: Int, t: Int, y: Int, x: Int, padded: [Int]) -> ClipBlock {
    let stride = strides[level - 1]
    let reach = tokenReaches[level - 1]
    func span(_ axis: Int, _ index: Int) -> Range<Int> {
      let first = index * stride[axis + 1]
      return max(
        0, first - reach.before[axis])..<min(padded[axis + 1], first + reach.after[axis] + 1)
    }
    let last = t * stride[0]
    return ClipBlock(
      frames: max(0, last - reach.frames)..<(last + 1), rows: span(0, y), columns: span(1, x))
  }
}

/// A box of a clip: frames, rows and columns of pixels.
package struct ClipBlock: Sendable, Equatable {
  package var frames: Range<Int>
  package var rows: Range<Int>
  package var columns: Range<Int>
}

extension TokenGeometry {
  /// The pixels that a token stands for.
  package func cell(level: Int, t: Int, y: Int, x: Int) -> ClipBlock {
    let stride = strides[level - 1]
    return ClipBlock(
      frames: frames(level: level, row: t), rows: y * stride[1]..<(y + 1) * stride[1],
      columns: x * stride[2]..<(x + 1) * stride[2])
  }
}
