import Tokenization

/// The prior that a plan trains in place of a tokenizer: a field of the plan.
package struct PriorPlan: Sendable, Equatable, Codable {
  package var name: String
  /// The folder of the frozen tokenizer, relative to the plan.
  package var tokenizer: String
  package var groupBits: Int
  package var order: LevelOrder
  /// Whether the prior is told where the edges of the region lie.
  package var seesRegion: Bool
  package var width: Int
  package var layers: Int
  package var heads: Int
  package var textWidth: Int
  package var textLayers: Int
  package var textHeads: Int
  /// The share of clips that are shown without a prompt.
  package var promptDropout: Double
  /// How many masks are drawn for each clip, so that its tokens are found once.
  package var draws: Int
  /// The largest share of visible bits that are flipped, so that the prior learns to go on from its
  /// own mistakes; each clip draws its share evenly below it, and half of the clips have none.
  package var flips: Double
  /// The share of clips in which one thing is changed: what is kept is then the clip before, and what
  /// is masked the clip behind, so that the sentence counts for more than what surrounds it.
  package var edits: Double
  /// The families of masks by their names, and how often each is drawn.
  package var masks: [String: Double]

  enum CodingKeys: String, CodingKey, CaseIterable {
    case name
    case tokenizer
    case groupBits = "group_bits"
    case order
    case seesRegion = "sees_region"
    case width
    case layers
    case heads
    case textWidth = "text_width"
    case textLayers = "text_layers"
    case textHeads = "text_heads"
    case promptDropout = "prompt_dropout"
    case draws
    case flips
    case edits
    case masks
  }

  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    let usual = PriorConfiguration()
    func number(_ key: CodingKeys, _ value: Int) throws -> Int {
      try fields.decodeIfPresent(Int.self, forKey: key) ?? value
    }
    name = try fields.decodeIfPresent(String.self, forKey: .name) ?? usual.name
    tokenizer = try fields.decode(String.self, forKey: .tokenizer)
    groupBits = try number(.groupBits, usual.groupBits)
    order = try fields.decodeIfPresent(LevelOrder.self, forKey: .order) ?? usual.order
    seesRegion = try fields.decodeIfPresent(Bool.self, forKey: .seesRegion) ?? usual.seesRegion
    width = try number(.width, usual.width)
    layers = try number(.layers, usual.layers)
    heads = try number(.heads, usual.heads)
    textWidth = try number(.textWidth, usual.textWidth)
    textLayers = try number(.textLayers, usual.textLayers)
    textHeads = try number(.textHeads, usual.textHeads)
    promptDropout = try fields.decodeIfPresent(Double.self, forKey: .promptDropout) ?? 0.1
    draws = try number(.draws, 1)
    flips = try fields.decodeIfPresent(Double.self, forKey: .flips) ?? 0.1
    edits = try fields.decodeIfPresent(Double.self, forKey: .edits) ?? 0
    masks =
      try fields.decodeIfPresent([String: Double].self, forKey: .masks) ?? MaskFamily.usualShares
  }

  /// For the tokens of a tokenizer with these weights and this vocabulary.
  func configuration(
    _ tokenizer: TokenizerConfiguration, sha256: String, vocabularySize: Int, window: [Int]
  ) -> PriorConfiguration {
    var configuration = PriorConfiguration()
    configuration.name = name
    configuration.tokenizer = tokenizer.name
    configuration.tokenizerSHA256 = sha256
    configuration.bits = tokenizer.bits
    configuration.groupBits = groupBits
    configuration.strides = tokenizer.strides
    configuration.order = order
    configuration.seesRegion = seesRegion
    configuration.width = width
    configuration.layers = layers
    configuration.heads = heads
    configuration.textWidth = textWidth
    configuration.textLayers = textLayers
    configuration.textHeads = textHeads
    configuration.textLength = tokenizer.textLength
    configuration.vocabularySize = vocabularySize
    configuration.window = window
    return configuration
  }

  /// What makes it impossible, or nil.
  var problem: String? {
    guard [promptDropout, edits].allSatisfy((0...1).contains), (0...0.5).contains(flips) else {
      return "prompt_dropout and edits lie within 0…1 and flips within 0…0.5"
    }
    guard (1...64).contains(draws) else { return "draws lies within 1…64" }
    for name in masks.keys.sorted() where MaskFamily(rawValue: name) == nil {
      let names = MaskFamily.allCases.map(\.rawValue)
      return "masks has no family “\(name)”; did you mean "
        + "“\(NearestName.find(name, in: names))”?"
    }
    guard masks.values.allSatisfy({ $0 >= 0 && $0.isFinite }),
      masks.values.contains(where: { $0 > 0 })
    else { return "masks needs a family with a share above 0" }
    return nil
  }
}
