import Tensors
import Tokenization
import VideoIO

extension Session {
  /// Turns a token file into a clip, from the integers and the weights alone.
  ///
  /// - Parameter force: take weights other than those that made the tokens.
  package func detokenize(
    _ path: String, to output: String, force: Bool = false, report: StepReport
  ) throws -> ClipTokens {
    let tokens = try ClipTokens.read(path)
    let codec = try loadedCodec()
    // Shapes must fit even where somebody insists on other weights, so they come first.
    guard tokens.bits == codec.summary.bits,
      tokens.strides == codec.summary.strides.map({ [$0.t, $0.y, $0.x] })
    else {
      throw TokenizationError.unusable(
        reason: "\(path) was made with the model \(tokens.model.quotedForMessage), whose bits or "
          + "strides are not those of \(codec.summary.name), so --force cannot help; give its "
          + "model with --model.")
    }
    if !force { try tokens.check(modelSHA256: codec.summary.sha256, path: path) }
    let writer = try makeWriter(
      path: output, width: tokens.width, height: tokens.height,
      frameRate: Rational(tokens.frameRate.numerator, tokens.frameRate.denominator),
      times: tokens.times)
    try decode(tokens, with: codec, report: report) { try writer.append($0) }
    try writer.finish()
    return tokens
  }

  /// Decodes chunk by chunk and hands out each frame of the clip, in order.
  func decode(
    _ tokens: ClipTokens, with codec: any ClipCodec, report: StepReport,
    take: (Frame) throws -> Void
  ) throws {
    let decode = try codec.startDecoding(muting: Mutes())
    let size = PictureSize(width: tokens.width, height: tokens.height)
    let chunks = tokens.chunkCount
    var index = 0
    for chunk in 0..<chunks {
      try report(chunk, chunks)
      for frame in try decode(tokens.slices(chunk: chunk).map(TokenSlice.init), size)
      where index < tokens.frames {
        let time = tokens.times?[index] ?? Double(index) / tokens.frameRate.framesPerSecond
        try take(
          Frame(width: frame.width, height: frame.height, pixels: frame.pixels, time: time))
        index += 1
      }
    }
  }
}

extension TokenSlice {
  /// The part of a level that one chunk decodes.
  init(_ grid: TokenGrid) {
    self.init(level: grid.level, firstStep: 0, rows: grid.h, columns: grid.w, codes: grid.codes)
  }
}
