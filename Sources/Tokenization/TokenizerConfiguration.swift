import FoundationEssentials

/// Every number that shapes a tokenizer: `config.json` of a model folder.
package struct TokenizerConfiguration: Codable, Sendable, Equatable {
  package var format = Self.currentFormat
  package var architecture = "pyratok"
  package var name = "nano"
  /// Sign bits of one code, shared by all levels.
  package var bits = 16
  /// Side of the square of pixels that stage 0 sees as one position.
  package var patch = 4
  /// Channels of stage 0, which sees patches, and of one stage a level.
  package var widths = [64, 192, 192, 256, 256]
  /// Residual blocks of the same stages.
  package var encoderBlocks = [2, 3, 1, 1, 1]
  package var decoderBlocks = [3, 4, 2, 1, 1]
  /// Frames, rows and columns that one token of each level stands for; at most four levels.
  package var strides = [[2, 8, 8], [4, 8, 8], [4, 16, 16], [4, 32, 32]]
  package var quantizerWidth = 128
  package var heads = 4
  package var textWidth = 128
  package var textLayers = 2
  /// Captions are cut to this many text tokens.
  package var textLength = 64
  package var vocabularySize = 512
  /// What each token becomes before the alignment head pools them; nil to pool their bits.
  package var alignmentWidth: Int?
  /// The frozen encoder that reads captions; nil for the model's own, which is trained with it.
  package var textEncoder: TextEncoderReference?
  /// k of p = σ(k·z), the bit posterior that training sees.
  package var entropySlope = 6.0

  package static let currentFormat = "pyratok.model.1"

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case format
    case architecture
    case name
    case bits
    case patch
    case widths
    case encoderBlocks = "encoder_blocks"
    case decoderBlocks = "decoder_blocks"
    case strides
    case quantizerWidth = "quantizer_width"
    case heads
    case textWidth = "text_width"
    case textLayers = "text_layers"
    case textLength = "text_length"
    case vocabularySize = "vocabulary_size"
    case alignmentWidth = "alignment_width"
    case textEncoder = "text_encoder"
    case entropySlope = "entropy_slope"
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
      throw TokenizationError.badModel(path: path, reason: Self.explain(error))
    }
    if let problem { throw TokenizationError.badModel(path: path, reason: problem) }
  }

  static func explain(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _): "it lacks the field “\(key.stringValue)”"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "its field “\(context.codingPath.first?.stringValue ?? "")” has the wrong type"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      "its field “\(context.codingPath[0].stringValue)” has a value that is not known"
    default: "it is not JSON"
    }
  }
}

// Geometry: everything follows from the strides.
extension TokenizerConfiguration {
  package var levelCount: Int { strides.count }
  package var geometry: TokenGeometry { TokenGeometry(strides: strides) }

  /// Stride of stage l+1 over stage l in t, y, x, each 1 or 2.
  package var ratios: [[Int]] {
    let stages = [[1, patch, patch]] + strides
    return zip(stages, stages.dropFirst()).map { zip($1, $0).map { $0 / $1 } }
  }

  /// What makes this configuration impossible, or nil.
  package var problem: String? {
    guard format == Self.currentFormat else {
      return "its format is \(format.quoted), and only “\(Self.currentFormat)” is known"
    }
    guard architecture == "pyratok" else {
      return "its architecture is \(architecture.quoted), and only “pyratok” is known"
    }
    guard (1...32).contains(bits) else { return "a code of \(bits) bits is outside 1…32" }
    guard (1...64).contains(patch) else { return "a patch of \(patch) is outside 1…64" }
    let sizes = [quantizerWidth, heads, textWidth, textLength, alignmentWidth ?? 1] + widths
    guard sizes.allSatisfy({ (1...4096).contains($0) }) else {
      return "one of its sizes is outside 1…4096"
    }
    let blocks = encoderBlocks + decoderBlocks + [textLayers]
    guard blocks.allSatisfy({ (0...64).contains($0) }) else {
      return "one of its block counts is outside 0…64"
    }
    return shapeProblem
  }

  private var shapeProblem: String? {
    guard (1...4).contains(strides.count), strides.allSatisfy({ $0.count == 3 }) else {
      return "strides needs one to four entries, one a level, of three numbers"
    }
    let stageCount = strides.count + 1
    guard [widths, encoderBlocks, decoderBlocks].allSatisfy({ $0.count == stageCount }) else {
      return "widths, encoder_blocks and decoder_blocks need \(stageCount) entries each, one more "
        + "than strides"
    }
    guard strides.joined().allSatisfy({ (1...65_536).contains($0) }) else {
      return "one of its strides is outside 1…65536"
    }
    let stages = [[1, patch, patch]] + strides
    for (finer, coarser) in zip(stages, stages.dropFirst()) {
      guard zip(finer, coarser).allSatisfy({ $1 == $0 || $1 == 2 * $0 }) else {
        return "each stride must be once or twice the finer one, unlike \(finer) and \(coarser)"
      }
    }
    guard quantizerWidth.isMultiple(of: heads), textWidth.isMultiple(of: heads) else {
      return "quantizer_width and text_width must be multiples of heads"
    }
    guard geometry.coarsest[0] == TokenGeometry.chunkFrames else {
      return "its coarsest tokens stand for \(geometry.coarsest[0]) frames, and at most "
        + "\(TokenGeometry.chunkFrames) are known"
    }
    guard (257...1 << 20).contains(vocabularySize) else {
      return "vocabulary_size must be in 257…\(1 << 20)"
    }
    if let problem = textEncoder?.problem { return problem }
    guard entropySlope.isFinite, entropySlope > 0 else { return "entropy_slope must be positive" }
    return nil
  }
}

extension String {
  /// Text from a file, fit for one line: no control characters, not too long.
  var quoted: String {
    let visible = unicodeScalars.prefix(80).map {
      $0.properties.generalCategory == .control ? "?" : String($0)
    }
    return "“" + visible.joined() + "”"
  }
}
