import Tokenization
import Training
import VideoIO

/// A tokenizer and a prior, tried on clips in memory just as `regenerate` uses them on files.
package final class RegenerationSubject: PromptSubject {
  package let modelName: String
  package let modelHash: String
  package let priorName: String
  package let priorHash: String
  private let tokenizer: VideoTokenizer
  private let codec: VideoTokenizerCodec
  private let session: Session
  private let shouldStop: () -> Bool

  /// Folders, or nil for the bundled ones; throws where the prior is another tokenizer's.
  package init(
    model: String?, prior: String?, shouldStop: @escaping () -> Bool
  ) throws {
    let tokenizer = try loadTokenizer(model)
    let codec = VideoTokenizerCodec(tokenizer)
    let path = try PriorLocation.find(prior)
    let folder = try PriorFolder.read(path)
    session = Session(loadCodec: { _ in codec }, loadPrior: { _ in try LoadedPrior(path) })
    try session.checkPrior(nil)
    (modelName, modelHash) = (tokenizer.configuration.name, tokenizer.sha256)
    (priorName, priorHash) = (folder.configuration.name, folder.sha256)
    self.tokenizer = tokenizer
    self.codec = codec
    self.shouldStop = shouldStop
  }

  package func reconstructed(_ clip: WorldClip) throws -> [UInt8] {
    var pixels: [UInt8] = []
    try tokenizer.decode(tokens(of: clip)) { chunk in
      let times = [Double](repeating: 0, count: chunk.shape[1])
      for frame in frames(from: chunk, times: times) { pixels += frame.pixels }
    }
    return pixels
  }

  package func regenerated(
    _ clip: WorldClip, _ request: RegenerationRequest
  ) throws -> PromptPicture {
    try picture(RegenerationSource(tokens(of: clip)), request)
  }

  package func composed(
    frames: Int, size: Int, prompt: String, settings: SamplingSettings
  ) throws -> [UInt8] {
    let source = RegenerationSource(
      frames: frames, width: size, height: size, prompt: prompt, model: codec.summary)
    let request = RegenerationRequest(prompt: prompt, region: ClipRegion(), settings: settings)
    return try picture(source, request).pixels
  }

  private func tokens(of clip: WorldClip) throws -> ClipTokens {
    let video = FreshClips.video([clip])
    let description = ClipDescription(frames: clip.frames, width: clip.width, height: clip.height)
    return try tokenizer.encode(description) { video.sliced(1, $0) }
  }

  private func picture(
    _ source: RegenerationSource, _ request: RegenerationRequest
  ) throws -> PromptPicture {
    var pixels: [UInt8] = []
    let result = try session.regenerate(
      request, of: source, shouldStop: shouldStop, take: { pixels += $0.pixels })
    let outside = result.report.changedOutsideBeforeBlending.flatMap { before in
      result.report.changedOutside.map { OutsideChange(before: before, after: $0) }
    }
    return PromptPicture(pixels: pixels, changedOutside: outside)
  }
}
