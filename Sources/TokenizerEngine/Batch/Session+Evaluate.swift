import Evaluation
import Tokenization
import VideoIO

/// How well a clip survives being tokens.
package struct ReconstructionReport: Sendable {
  package let path: String
  package let frames: Int
  package let width: Int
  package let height: Int
  /// The mean over frames, in decibels.
  package let psnr: Double
  /// Nil where frames are smaller than the window.
  package let ssim: Double?
  package let bitsPerPixel: Double
  package let seconds: Double
  /// Of all levels; level 1 first.
  package let usage: CodebookUsage
  /// What people should know about the clip, such as frames that could not be decoded.
  package let notices: [String]
}

extension Session {
  /// Tokenizes a clip, decodes the tokens and compares, chunk by chunk.
  package func evaluateReconstruction(
    _ request: ClipRequest, caption: String? = nil, report: StepReport
  ) throws -> ReconstructionReport {
    let codec = try loadedCodec()
    let started = ContinuousClock.now
    let clip = try OpenedClip(request)
    let (width, height) = (clip.summary.width, clip.summary.height)
    let encode = try codec.startEncoding(caption: caption)
    let decode = try codec.startDecoding(muting: Mutes())
    var score = ReconstructionScore()
    var usage = CodebookUsage(bits: codec.summary.bits)
    let chunks = ChunkSchedule.count(frames: clip.summary.frameCount)
    for chunk in 0..<chunks {
      try report(chunk, chunks)
      let originals = try clip.chunk(ChunkSchedule.frames(ofChunk: chunk))
      let slices = try encode(originals)
      for slice in slices { usage.add(slice.codes, level: slice.level) }
      let decoded = try decode(slices, PictureSize(width: width, height: height))
      // Repeated frames behind the end are no part of the clip.
      let kept = clip.summary.frameCount - score.framePSNR.count
      for (original, reconstruction) in zip(originals, decoded).prefix(kept) {
        score.add(original: original, reconstruction: reconstruction)
      }
    }
    let tokens = usage.histograms.values.reduce(0) { $0 + $1.tokens }
    return ReconstructionReport(
      path: request.path, frames: clip.summary.frameCount, width: width, height: height,
      psnr: score.psnr, ssim: score.ssim,
      bitsPerPixel: ClipDescription(
        frames: clip.summary.frameCount, width: width, height: height
      ).bitsPerPixel(bits: codec.summary.bits, tokens: tokens),
      seconds: (ContinuousClock.now - started) / .seconds(1), usage: usage, notices: clip.notices)
  }
}
