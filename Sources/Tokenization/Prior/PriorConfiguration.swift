import FoundationEssentials

/// In which order a prior draws the levels of a clip; each is told from those before it.
package enum LevelOrder: String, Codable, Sendable {
  case coarseToFine = "coarse_to_fine"
  /// As the quantizer makes them: a coarser level's codes follow from the finer ones before.
  case fineToCoarse = "fine_to_coarse"

  package func levels(_ count: Int) -> [Int] {
    self == .coarseToFine ? (1...count).reversed() : Array(1...count)
  }
}

/// Every number that shapes a prior, and the tokenizer whose tokens it knows: its `config.json`.
package struct PriorConfiguration: Codable, Sendable, Equatable {
  package var format = Self.currentFormat
  package var name = "prior"
  /// Name and hash of the weights that made the tokens it was trained on.
  package var tokenizer = ""
  package var tokenizerSHA256 = ""
  /// Sign bits of one code, and how many of them are masked and drawn together.
  package var bits = 16
  package var groupBits = 8
  /// Of the tokenizer's levels, level 1 first.
  package var strides = [[2, 8, 8], [4, 8, 8], [4, 16, 16], [4, 32, 32]]
  package var order = LevelOrder.coarseToFine
  /// Whether it is told where the edges of the region lie, and not only which tokens are open.
  package var seesRegion = false
  package var width = 192
  package var layers = 6
  package var heads = 6
  /// Of the encoder that reads prompts, which is trained with the prior.
  package var textWidth = 128
  package var textLayers = 2
  package var textHeads = 4
  /// Prompts are cut to this many text tokens.
  package var textLength = 64
  package var vocabularySize = 512
  /// What it was trained on, [T, H, W]; places are counted in these.
  package var window = [17, 64, 64]

  package static let currentFormat = "pyratok.prior.1"

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case format
    case name
    case tokenizer
    case tokenizerSHA256 = "tokenizer_sha256"
    case bits
    case groupBits = "group_bits"
    case strides
    case order
    case seesRegion = "sees_region"
    case width
    case layers
    case heads
    case textWidth = "text_width"
    case textLayers = "text_layers"
    case textHeads = "text_heads"
    case textLength = "text_length"
    case vocabularySize = "vocabulary_size"
    case window
  }

  package var geometry: TokenGeometry { TokenGeometry(strides: strides) }
  package var levelCount: Int { strides.count }
  /// In the order in which they are drawn.
  package var levels: [Int] { order.levels(levelCount) }
  /// Groups of one code.
  package var groups: Int { bits / groupBits }
  /// Values of one group.
  package var states: Int { 1 << groupBits }

  /// What makes the configuration impossible, or nil.
  package var problem: String? {
    guard format == Self.currentFormat else {
      return "its format is “\(format)”, and only “\(Self.currentFormat)” is known"
    }
    guard (1...32).contains(bits), (1...10).contains(groupBits), bits % groupBits == 0 else {
      return "its \(bits) bits cannot be cut into groups of \(groupBits)"
    }
    guard (1...4).contains(strides.count),
      strides.allSatisfy({ $0.count == 3 && $0.allSatisfy { (1...1024).contains($0) } })
    else { return "its strides are not one to four lists of three numbers" }
    guard window.count == 3, window.allSatisfy({ (1...4096).contains($0) }) else {
      return "its window is not three numbers of frames and pixels"
    }
    guard (1...4096).contains(width), (1...64).contains(layers), (1...64).contains(heads),
      width % (2 * heads) == 0, width / heads / 2 >= 3
    else { return "its width, layers and heads do not fit each other" }
    guard (1...4096).contains(textWidth), (0...64).contains(textLayers),
      (1...64).contains(textHeads), textWidth % textHeads == 0, (1...4096).contains(textLength),
      (257...65_536).contains(vocabularySize)
    else { return "the sizes of its text encoder do not fit each other" }
    return nil
  }

  /// The text of `config.json`, keys sorted.
  package func json() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return [UInt8](try encoder.encode(self)) + [UInt8(ascii: "\n")]
  }

  /// Reads `config.json`; throws `TokenizationError` naming `path`.
  package init(json: [UInt8], path: String) throws {
    do {
      self = try JSONDecoder().decode(Self.self, from: Data(json))
    } catch let error as DecodingError {
      throw TokenizationError.badModel(path: path, reason: TokenizerConfiguration.explain(error))
    }
    if let problem { throw TokenizationError.badModel(path: path, reason: problem) }
  }

  /// The text encoder's part of a tokenizer's configuration.
  var text: TokenizerConfiguration {
    var configuration = TokenizerConfiguration()
    configuration.textWidth = textWidth
    configuration.textLayers = textLayers
    configuration.heads = textHeads
    configuration.textLength = textLength
    configuration.vocabularySize = vocabularySize
    return configuration
  }
}
