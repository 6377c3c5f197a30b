import Evaluation
import Tokenization
import VideoIO

/// Told how far work has come; throws to stop it between two steps.
package typealias StepReport = (_ done: Int, _ total: Int) throws -> Void

/// The tokens of a clip and what it took to find them.
package struct TokenizedClip: Sendable {
  package let tokens: ClipTokens
  /// What people should know about the clip, such as frames that could not be decoded.
  package let notices: [String]
  /// Of the values before the sign, level 1 first.
  package let latents: [LatentStatistics]
  /// Wall time from opening the clip on, without loading the model.
  package let seconds: Double

  package var framesPerSecond: Double { Double(tokens.frames) / max(seconds, 1e-9) }
}

extension Session {
  /// The model that is loaded; the bundled one if none is yet.
  func loadedCodec() throws -> any ClipCodec {
    if codec == nil { try loadModel(nil) }
    guard let codec else { throw EngineError.noModel(searched: []) }
    return codec
  }

  /// Tokenizes a clip from its first frame to its last, chunk by chunk.
  ///
  /// Memory holds one chunk and the codes found so far, however long the clip is.
  ///
  /// - Parameter check: told what the clip is before any of it is read; throws to go no further.
  package func tokenize(
    _ request: ClipRequest, caption: String? = nil, check: (ClipSummary) throws -> Void = { _ in },
    report: StepReport
  ) throws -> TokenizedClip {
    let codec = try loadedCodec()
    let started = ContinuousClock.now
    let clip = try OpenedClip(request)
    try check(clip.summary)
    let encode = try codec.startEncoding(caption: caption)
    var latents = codec.summary.strides.map { _ in
      LatentStatistics(slope: codec.summary.entropySlope)
    }
    var levels = [LevelCodes](repeating: LevelCodes(), count: codec.summary.strides.count)
    let chunks = ChunkSchedule.count(frames: clip.summary.frameCount)
    for chunk in 0..<chunks {
      try report(chunk, chunks)
      for slice in try encode(try clip.chunk(ChunkSchedule.frames(ofChunk: chunk))) {
        levels[slice.level - 1].append(slice)
        latents[slice.level - 1].add(slice.margins.map(Double.init), quantizedBy: 1)
      }
    }
    let tokens = ClipTokens(
      grids: levels.enumerated().map { $1.grid(level: $0 + 1) }, clip: clip.summary,
      caption: caption, model: codec.summary)
    return TokenizedClip(
      tokens: tokens, notices: clip.notices, latents: latents,
      seconds: (ContinuousClock.now - started) / .seconds(1))
  }
}

extension Session {
  /// What the sign costs in the first frames of a clip; nil where that cannot be told.
  package func compareQuantizer(
    _ request: ClipRequest, caption: String? = nil
  ) throws -> QuantizerComparison? {
    let clip = try OpenedClip(request)
    let count = min(clip.summary.frameCount, QuantizerComparison.mostFrames)
    return try loadedCodec()
      .compareQuantizer((0..<count).map { try clip.frame($0) }, caption: caption)
  }
}

/// The slices of one level, put behind each other.
private struct LevelCodes {
  var rows = 0
  var columns = 0
  var codes: [UInt32] = []

  mutating func append(_ slice: TokenSlice) {
    (rows, columns) = (slice.rows, slice.columns)
    codes += slice.codes
  }

  func grid(level: Int) -> TokenGrid {
    TokenGrid(
      level: level, t: codes.count / max(1, rows * columns), h: rows, w: columns, codes: codes)
  }
}

extension ClipTokens {
  /// The token file of a clip that was read as `clip` says.
  init(grids: [TokenGrid], clip: ClipSummary, caption: String?, model: ModelSummary) {
    let rate = clip.info.frameRate
    self.init(
      grids: grids, bits: model.bits, strides: model.strides.map { [$0.t, $0.y, $0.x] },
      clip: ClipDescription(
        frames: clip.frameCount, width: clip.width, height: clip.height,
        // Pictures have no rate of their own.
        frameRate: rate.isPositive ? FrameRate(rate.numerator, rate.denominator) : FrameRate(25),
        startFrame: clip.firstFrame, times: clip.info.isVariableRate ? clip.times : nil,
        caption: caption),
      model: model.name, modelSHA256: model.sha256)
  }
}
