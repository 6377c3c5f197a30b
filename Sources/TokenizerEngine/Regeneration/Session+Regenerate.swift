import Tokenization
import VideoIO

/// What came of a regeneration.
package struct RegenerationResult: Sendable {
  package var tokens: ClipTokens
  package var report: RegenerationReport
  /// What should be known about the prompt.
  package var notices: [String]
}

extension Regeneration {
  /// What is to be said once `decoding` is through.
  func result(_ decoding: RegenerationDecoding, seconds: Double) -> RegenerationResult {
    let counts = counts
    let outside = decoding.changedOutside
    return RegenerationResult(
      tokens: tokens,
      report: RegenerationReport(
        redrawn: counts.redrawn, changed: counts.changed,
        changedOutsideBeforeBlending: outside.before, changedOutside: outside.after,
        outsidePixels: outside.pixels, seconds: seconds, unknownWords: reading.unknownWords),
      notices: reading.notices)
  }
}

extension PromptReading {
  /// One line for whatever the prior does not read as it was meant.
  package var notices: [String] {
    var lines: [String] = []
    if !unknownWords.isEmpty {
      lines.append("the prior has no whole entry for \(namedUnknownWords); read in pieces")
    }
    if dropped > 0 {
      lines.append(
        "the prompt is longer than the prior reads; its last \(dropped) of "
          + "\(dropped + ids.count) pieces are not used")
    }
    return lines
  }
}

extension Session {
  /// Draws a region anew and hands out every frame of the clip, decoded from the integers and
  /// blended with the reconstruction.
  ///
  /// - Parameters:
  ///   - report: told after each pass; throws to stop.
  ///   - shouldStop: asked between the layers of the prior and before each decode.
  package func regenerate(
    _ request: RegenerationRequest, of source: RegenerationSource,
    report: (RegenerationProgress) throws -> Void = { _ in },
    shouldStop: @escaping () -> Bool = { false }, take: (Frame) throws -> Void = { _ in }
  ) throws -> RegenerationResult {
    let codec = try loadedCodec()
    let prior = try loadedPrior(request.prior)
    let started = ContinuousClock.now
    let regeneration = try Regeneration(
      request, of: source, prior: prior, model: codec.summary, shouldStop: shouldStop)
    while let progress = try regeneration.pass() { try report(progress) }
    let decoding = regeneration.decoding(isWhole: true, codec: codec)
    while let (_, frames) = try decoding.step() {
      for frame in frames { try take(frame) }
    }
    return regeneration.result(
      decoding, seconds: (ContinuousClock.now - started) / .seconds(1))
  }

  /// Throws unless there is a prior, and it knows the tokens of the loaded weights.
  package func checkPrior(_ path: String?) throws {
    try loadedPrior(path).check(try loadedCodec().summary)
  }

  /// A clip of which nothing is there yet.
  package func emptyClip(
    frames: Int, width: Int, height: Int, prompt: String
  ) throws -> RegenerationSource {
    RegenerationSource(
      frames: frames, width: width, height: height, prompt: prompt,
      model: try loadedCodec().summary)
  }

  /// The tokens of a file, which must be those of the loaded weights.
  package func tokens(ofFile path: String) throws -> ClipTokens {
    let tokens = try ClipTokens.read(path)
    try tokens.check(modelSHA256: try loadedCodec().summary.sha256, path: path)
    return tokens
  }
}
