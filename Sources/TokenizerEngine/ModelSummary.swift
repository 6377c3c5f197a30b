/// What the screens say about the loaded weights.
package struct ModelSummary: Sendable, Equatable {
  package var name: String
  package var sha256: String
  package var bits: Int
  /// Frames, rows and columns of pixels that one token stands for, level 1 first.
  package var strides: [TokenStride]
  package var parameters: Int
  /// How many frames before its own a token can see.
  package var encoderReach: Int
  /// How many frames before its own a decoded frame depends on.
  package var decoderReach: Int
  /// How far a token of each level sees, level 1 first.
  package var fields: [TokenField]
  /// How many frames behind its own a token of each level may change, level 1 first; none where
  /// that is not known.
  package var echoes: [Int]
  /// k of the entropy term σ(k z) that the weights were trained with; nil if that is not known.
  package var entropySlope: Double?

  package init(
    name: String, sha256: String, bits: Int, strides: [TokenStride], parameters: Int,
    encoderReach: Int, decoderReach: Int, fields: [TokenField], echoes: [Int] = [],
    entropySlope: Double? = nil
  ) {
    self.name = name
    self.sha256 = sha256
    self.bits = bits
    self.strides = strides
    self.parameters = parameters
    self.encoderReach = encoderReach
    self.decoderReach = decoderReach
    self.fields = fields
    self.echoes = echoes
    self.entropySlope = entropySlope
  }

  /// The frames that a token may change.
  package func frames(changedBy position: TokenPosition) -> ClosedRange<Int> {
    let level = position.level - 1
    let own = strides[level].frames(ofStep: position.step)
    let echo = echoes.indices.contains(level) ? echoes[level] : decoderReach
    return own.lowerBound...own.upperBound + echo
  }
}

/// What a token sees, counted from the last frame and the first pixel of its patch.
package struct TokenField: Sendable, Equatable {
  /// Frames before the patch's last one.
  package var frames: Int
  /// Rows above the patch's first one, and below that same row.
  package var above: Int
  package var below: Int
  /// Columns to the left of the patch's first one, and to the right of that same column.
  package var left: Int
  package var right: Int

  package init(frames: Int, above: Int, below: Int, left: Int, right: Int) {
    self.frames = frames
    self.above = above
    self.below = below
    self.left = left
    self.right = right
  }
}

/// How much of a clip one token stands for, in frames, rows and columns.
package struct TokenStride: Sendable, Equatable {
  package var t: Int
  package var y: Int
  package var x: Int

  package init(t: Int, y: Int, x: Int) {
    self.t = t
    self.y = y
    self.x = x
  }

  /// The latent step that holds a frame: the first step is frame 0 alone, the others `t` frames.
  package func step(ofFrame frame: Int) -> Int { (max(0, frame) + t - 1) / t }

  /// The frames that a latent step stands for.
  package func frames(ofStep step: Int) -> ClosedRange<Int> {
    step <= 0 ? 0...0 : (t * (step - 1) + 1)...(t * step)
  }
}
