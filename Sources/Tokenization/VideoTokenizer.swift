import Tensors

/// Turns clips into tokens and back with the weights of a model folder.
///
/// Confined to one thread at a time.
package final class VideoTokenizer {
  package let configuration: TokenizerConfiguration
  package let vocabulary: BytePairVocabulary
  package let model: PyramidTokenizerModel
  /// Names the weights in token files.
  package let sha256: String
  /// Where the frozen text encoder may lie that a model names; looked at when a caption comes.
  package var textEncoderFolders: [String] = []
  private var textEncoding: (any TextEncoding)?

  /// Loads a model folder; throws one line for whatever is missing or wrong.
  package convenience init(directory: String) throws {
    try self.init(ModelFolder.read(directory), path: directory)
    if let frozen = configuration.textEncoder {
      textEncoderFolders = [directory + "/../text/" + frozen.name]
    }
  }

  /// `path` is named where the folder's parts do not fit each other.
  package init(_ folder: ModelFolder, path: String) throws {
    configuration = folder.configuration
    vocabulary = folder.vocabulary
    try folder.checkSize(path: path)
    model = try PyramidTokenizerModel(
      configuration: configuration, loading: folder.tensors, path: path)
    for (_, variable) in model.parameters { variable.freeze() }
    sha256 = folder.sha256
  }

  /// Without a caption, or with an empty one, the model runs without text.
  ///
  /// Throws one line where a caption needs a frozen text encoder that is not there.
  package func makeEncoder(
    caption: String? = nil, keepsMargins: Bool = false
  ) throws -> StreamingEncoder {
    StreamingEncoder(
      model: model, text: try encode(caption: caption), keepsMargins: keepsMargins)
  }

  package func makeDecoder(muting: Muting = Muting()) -> StreamingDecoder {
    StreamingDecoder(model: model, muting: muting)
  }

  /// The whole clip, chunk by chunk; `frames` gives [1, n, height, width, 3] in −1…1 for a range
  /// of frames of the clip, and is asked for each frame once, in order.
  package func encode(
    _ clip: ClipDescription, frames: (Range<Int>) throws -> Tensor
  ) throws -> ClipTokens {
    let encoder = try makeEncoder(caption: clip.caption)
    var grids: [TokenGrid] = []
    let padded = padded(clip)
    for chunk in configuration.geometry.chunks(paddedFrames: padded[0]) {
      let slices = encoder.append(try read(chunk, of: clip, padded: padded, frames)).grids
      if grids.isEmpty {
        grids = slices
      } else {
        for index in grids.indices { grids[index].append(slices[index]) }
      }
    }
    return tokens(grids, of: clip)
  }

  /// From integers alone: hands `show` the frames of each chunk, [1, n, height, width, 3], not
  /// clamped, in order.
  package func decode(
    _ tokens: ClipTokens, muting: Muting = Muting(), show: (Tensor) throws -> Void
  ) throws {
    try check(tokens)
    let decoder = makeDecoder(muting: muting)
    let chunks = tokens.geometry.chunks(paddedFrames: tokens.padded[0])
    for (index, chunk) in chunks.enumerated() {
      let frames = decoder.append(tokens.slices(chunk: index))
      let count = min(chunk.upperBound, tokens.frames) - chunk.lowerBound
      try show(
        ClipPadding.crop(frames, frames: count, height: tokens.height, width: tokens.width))
    }
  }

  /// The token file's contents for grids that `makeEncoder` gave.
  package func tokens(_ grids: [TokenGrid], of clip: ClipDescription) -> ClipTokens {
    ClipTokens(
      grids: grids, bits: configuration.bits, strides: configuration.strides, clip: clip,
      model: configuration.name, modelSHA256: sha256)
  }

  /// [T, H, W] that the model sees of a clip.
  package func padded(_ clip: ClipDescription) -> [Int] {
    configuration.geometry.padded(frames: clip.frames, width: clip.width, height: clip.height)
  }

  /// A chunk of the schedule as the model sees it, edges and last frame repeated.
  package func read(
    _ chunk: Range<Int>, of clip: ClipDescription, padded: [Int],
    _ frames: (Range<Int>) throws -> Tensor
  ) rethrows -> Tensor {
    let real = try frames(chunk.clamped(to: 0..<clip.frames))
    return ClipPadding.pad(real, frames: chunk.count, height: padded[1], width: padded[2])
  }

  /// What `evaluate retrieval` compares texts with: a unit vector of the clip's codes.
  package func vector(of tokens: ClipTokens) -> [Float] {
    model.alignment.vector(of: tokens.grids, bits: tokens.bits)
  }

  /// The unit vector of a text that is not empty.
  package func vector(of text: String) throws -> [Float] {
    guard let context = try encode(caption: text) else {
      throw TokenizationError.unusable(reason: "An empty text is like nothing; give some words.")
    }
    return model.alignment.vector(of: context)
  }

  func encode(caption: String?) throws -> TextContext? {
    guard let caption, !caption.isEmpty else { return nil }
    if let textEncoding { return textEncoding([caption]) }
    let encoding = try model.textEncoding(vocabulary: vocabulary, folders: textEncoderFolders)
    textEncoding = encoding
    return encoding([caption])
  }

  /// Tokens that this architecture cannot decode, whatever its weights.
  private func check(_ tokens: ClipTokens) throws {
    guard tokens.bits == configuration.bits, tokens.strides == configuration.strides else {
      throw TokenizationError.unusable(
        reason: "The tokens have \(tokens.bits) bits and strides \(tokens.strides); "
          + "the model “\(configuration.name)” has \(configuration.bits) and "
          + "\(configuration.strides).")
    }
  }
}
