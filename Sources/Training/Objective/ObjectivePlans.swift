/// The causal transformer of the autoregressive term.
package struct AutoregressivePlan: Sendable, Equatable, Codable {
  package var width: Int
  package var layers: Int
  package var heads: Int
  /// Tokens of a clip that are predicted, all levels together, at most.
  package var tokenBudget: Int
  /// Bits that one softmax predicts together.
  package var groupBits: Int

  package init(
    width: Int = 128, layers: Int = 2, heads: Int = 4, tokenBudget: Int = 256, groupBits: Int = 8
  ) {
    (self.width, self.layers, self.heads) = (width, layers, heads)
    (self.tokenBudget, self.groupBits) = (tokenBudget, groupBits)
  }

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case width
    case layers
    case heads
    case tokenBudget = "token_budget"
    case groupBits = "group_bits"
  }

  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    width = try fields.decodeIfPresent(Int.self, forKey: .width) ?? width
    layers = try fields.decodeIfPresent(Int.self, forKey: .layers) ?? layers
    heads = try fields.decodeIfPresent(Int.self, forKey: .heads) ?? heads
    tokenBudget = try fields.decodeIfPresent(Int.self, forKey: .tokenBudget) ?? tokenBudget
    groupBits = try fields.decodeIfPresent(Int.self, forKey: .groupBits) ?? groupBits
  }

  /// What makes it impossible, or nil.
  package var problem: String? {
    guard (1...4096).contains(width), (1...64).contains(heads), width.isMultiple(of: heads) else {
      return "width is not a multiple of heads in 1…4096"
    }
    guard (1...64).contains(layers) else { return "layers is not in 1…64" }
    guard (4...65_536).contains(tokenBudget) else { return "token_budget is not in 4…65536" }
    guard (1...12).contains(groupBits) else { return "group_bits is not in 1…12" }
    return nil
  }
}

/// The frozen network whose features the perceptual term compares.
package struct PerceptualPlan: Sendable, Equatable, Codable {
  /// `.npz` or `.safetensors`, relative to the plan.
  package var weights: String
  package var layout: String
  /// Frames of each clip that are compared, drawn anew at every step; all if left out.
  package var frames: Int?

  package init(weights: String, layout: String = "squeezenet", frames: Int? = nil) {
    (self.weights, self.layout, self.frames) = (weights, layout, frames)
  }

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case weights
    case layout
    case frames
  }

  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    weights = try fields.decode(String.self, forKey: .weights)
    layout = try fields.decodeIfPresent(String.self, forKey: .layout) ?? "squeezenet"
    frames = try fields.decodeIfPresent(Int.self, forKey: .frames)
  }

  /// What makes it impossible, or nil.
  package var problem: String? {
    guard layout == "squeezenet" else {
      return "the layout “\(layout)” is unknown; “squeezenet” is known"
    }
    if let frames, frames < 1 { return "frames must be at least 1" }
    return nil
  }
}

/// What the encoder is held to.
package struct DriftPlan: Sendable, Equatable, Codable {
  package enum Kind: String, Sendable, Codable {
    /// The bits that a frozen tokenizer gives the same clips.
    case posterior
    /// The features that a frozen network of pictures gives the same frames.
    case features
  }

  package var kind: Kind
  /// A model folder, or a feature network as in `perceptual`, relative to the plan.
  ///
  /// If left out: the model without its adapters, where it has some; else the weights that the run
  /// starts with; or the network of `perceptual`.
  package var weights: String?

  package init(kind: Kind = .posterior, weights: String? = nil) {
    (self.kind, self.weights) = (kind, weights)
  }

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case kind
    case weights
  }

  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    let name = try fields.decodeIfPresent(String.self, forKey: .kind) ?? Kind.posterior.rawValue
    guard let kind = Kind(rawValue: name) else {
      throw DecodingError.typeMismatch(
        Kind.self,
        .init(
          codingPath: fields.codingPath + [CodingKeys.kind],
          debugDescription: "neither posterior nor features"))
    }
    self.kind = kind
    weights = try fields.decodeIfPresent(String.self, forKey: .weights)
  }

  /// What makes it impossible, or nil.
  package var problem: String? { nil }
}

/// What is hidden from the encoder in training.
package struct CorruptionPlan: Sendable, Equatable, Codable {
  /// The share of frames that are hidden altogether.
  package var frames: Double
  /// Side of a hidden patch in pixels.
  package var patch: Int
  /// The largest share of patches hidden in the other frames.
  package var share: Double
  /// The share of clips that are corrupted at all.
  package var clips: Double

  package init(
    frames: Double = 0.3, patch: Int = 16, share: Double = 0.75, clips: Double = 1
  ) {
    (self.frames, self.patch, self.share, self.clips) = (frames, patch, share, clips)
  }

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case frames
    case patch
    case share
    case clips
  }

  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    frames = try fields.decodeIfPresent(Double.self, forKey: .frames) ?? frames
    patch = try fields.decodeIfPresent(Int.self, forKey: .patch) ?? patch
    share = try fields.decodeIfPresent(Double.self, forKey: .share) ?? share
    clips = try fields.decodeIfPresent(Double.self, forKey: .clips) ?? clips
  }

  /// What makes it impossible, or nil.
  package var problem: String? {
    guard [frames, share, clips].allSatisfy((0...1).contains) else {
      return "frames, share and clips must be in 0…1"
    }
    return (1...4096).contains(patch) ? nil : "patch is not in 1…4096"
  }
}

/// Low-rank adapters on the encoder.
package struct AdapterPlan: Sendable, Equatable, Codable {
  package var rank: Int
  /// The change is scaled by alpha / rank.
  package var alpha: Double

  package init(rank: Int = 16, alpha: Double = 32) { (self.rank, self.alpha) = (rank, alpha) }

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case rank
    case alpha
  }

  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    rank = try fields.decodeIfPresent(Int.self, forKey: .rank) ?? rank
    alpha = try fields.decodeIfPresent(Double.self, forKey: .alpha) ?? alpha
  }

  /// What makes it impossible, or nil.
  package var problem: String? {
    guard (1...1024).contains(rank) else { return "rank is not in 1…1024" }
    return alpha.isFinite && alpha > 0 ? nil : "alpha must be positive"
  }
}
