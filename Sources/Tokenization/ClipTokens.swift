import Tensors

/// All tokens of a clip and what is needed to turn them back into frames: the token file.
@dynamicMemberLookup
package struct ClipTokens: Sendable, Equatable {
  /// Level 1 first.
  package var grids: [TokenGrid]
  package var bits: Int
  package var strides: [[Int]]
  /// Its fields are read as if they stood here: `tokens.frames`.
  package var clip: ClipDescription
  /// Name and hash of the weights that made the codes.
  package var model: String
  package var modelSHA256: String
  /// Metadata and tensors that this version does not know, kept for others.
  package var otherMetadata: [String: String] = [:]
  package var otherTensors: [String: StoredTensor] = [:]

  package init(
    grids: [TokenGrid], bits: Int, strides: [[Int]], clip: ClipDescription, model: String,
    modelSHA256: String
  ) {
    self.grids = grids
    self.bits = bits
    self.strides = strides
    self.clip = clip
    self.model = model
    self.modelSHA256 = modelSHA256
  }

  package subscript<Value>(dynamicMember field: WritableKeyPath<ClipDescription, Value>) -> Value {
    get { clip[keyPath: field] }
    set { clip[keyPath: field] = newValue }
  }

  package var geometry: TokenGeometry { TokenGeometry(strides: strides) }

  /// [T, H, W] that the model saw.
  package var padded: [Int] {
    geometry.padded(frames: clip.frames, width: clip.width, height: clip.height)
  }

  /// Tokens of all levels.
  package var count: Int { grids.reduce(0) { $0 + $1.count } }

  /// Bits of all stored tokens over the pixels before padding.
  package var bitsPerPixel: Double { clip.bitsPerPixel(bits: bits, tokens: count) }

  /// How many chunks of the schedule the clip has.
  package var chunkCount: Int { geometry.chunks(paddedFrames: padded[0]).count }

  /// The part of every level that chunk `index` of the schedule decodes.
  package func slices(chunk index: Int) -> [TokenGrid] {
    grids.map { $0.rows(geometry.rows(level: $0.level, chunk: index)) }
  }

  /// Throws unless the loaded weights are those that made the codes.
  package func check(modelSHA256 loaded: String, path: String) throws {
    guard loaded == modelSHA256 else {
      throw TokenizationError.otherWeights(path: path, tokens: modelSHA256, model: loaded)
    }
  }
}
