import Foundation
import TestSupport
import Testing
import Tokenization
import VideoIO

@testable import Evaluation

/// Against scikit-image on A = .5 + .45 sin(.30x + .20y + .9c), B = A + amplitude cos(.9x − .4y).
struct MetricsTests {
  private let side = 32

  private func original() -> [Double] {
    samples { x, y, channel in 0.5 + 0.45 * sin(0.30 * x + 0.20 * y + 0.9 * channel) }
  }

  private func distorted(_ amplitude: Double) -> [Double] {
    zip(original(), samples { x, y, _ in amplitude * cos(0.9 * x - 0.4 * y) })
      .map { min(1, max(0, $0 + $1)) }
  }

  private func samples(_ value: (Double, Double, Double) -> Double) -> [Double] {
    (0..<side * side * 3).map {
      value(Double($0 / 3 % side), Double($0 / 3 / side), Double($0 % 3))
    }
  }

  private func bytes(_ samples: [Double]) -> [UInt8] {
    samples.map { UInt8(($0 * 255).rounded()) }
  }

  @Test func psnrAfterRoundingIsKnown() {
    let (a, b) = (bytes(original()), bytes(distorted(0.05)))
    #expect(abs(PSNR.meanSquaredError(a, b) - 81.72298177) < 1e-8)
    #expect(abs(PSNR.decibels(a, b) - 29.00736157) < 1e-8)
  }

  @Test func theMeanOfFramesIsNotThePooledValue() {
    let errors = [0.01, 0.05, 0.2].map { amplitude in
      zip(original(), distorted(amplitude)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        / Double(side * side * 3)
    }
    let frames = errors.map { PSNR.decibels(meanSquaredError: $0, peak: 1) }
    for (found, known) in zip(frames, [43.008720, 29.029320, 17.729190]) {
      #expect(abs(found - known) < 1e-6)
    }
    #expect(abs(frames.reduce(0, +) / 3 - 29.922410) < 1e-6)
    let pooled = PSNR.decibels(meanSquaredError: errors.reduce(0, +) / 3, peak: 1)
    #expect(abs(pooled - 22.177867) < 1e-6)
  }

  @Test func ssimIsScikitImagesWithAGaussianWindow() throws {
    let real = try #require(
      SSIM.value(original(), distorted(0.05), width: side, height: side, peak: 1))
    #expect(abs(real - 0.96879156) < 1e-8)
    let rounded = try #require(
      SSIM.value(bytes(original()), bytes(distorted(0.05)), width: side, height: side))
    #expect(abs(rounded - 0.96865139) < 1e-8)
  }

  @Test func equalFramesAreInfinitelyGood() {
    let frame = bytes(original())
    #expect(PSNR.decibels(frame, frame) == .infinity)
    #expect(SSIM.value(frame, frame, width: side, height: side) == 1)
  }

  @Test func aFrameSmallerThanTheWindowHasNoSSIM() {
    #expect(SSIM.value([1, 2, 3], [1, 2, 3], width: 1, height: 1) == nil)
  }

  @Test func bitsPerPixelOfTheBundledPyramid() {
    let value = ClipDescription(frames: 17, width: 128, height: 128)
      .bitsPerPixel(bits: 16, tokens: 2304 + 1280 + 320 + 80)
    #expect(abs(value - 0.22886) < 1e-5)
  }

  /// The luma planes of 120 frames, as they are stored.
  ///
  /// PSNR: known_answers/quality.json of the
  /// shared clips, and ffmpeg 5.1, `ffmpeg -i carphone_pristine.mp4 -i carphone_distorted.mp4
  /// -lavfi psnr -f null -`, which pools the errors and says y:24.792713. SSIM: scikit-image 0.26,
  /// `structural_similarity(a, b, gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
  /// data_range=255)`, the mean over each tenth frame.
  @Test(.enabled(if: SharedFolder.isPresent, "the shared clips are not there"))
  func theCarphonePairHasItsKnownPSNRAndSSIM() throws {
    let clips = try ["carphone_pristine.mp4", "carphone_distorted.mp4"].map {
      try VideoReader(path: SharedFolder.clip($0))
    }
    #expect(clips.map(\.info.frameCount) == [120, 120])
    var (decibels, errors, similarities) = ([Double](), [Double](), [Double]())
    for frame in 0..<120 {
      let planes = try clips.map { Array(try $0.decodedPlanes(at: frame).prefix(176 * 144)) }
      decibels.append(PSNR.decibels(planes[0], planes[1]))
      errors.append(PSNR.meanSquaredError(planes[0], planes[1]))
      guard frame.isMultiple(of: 10) else { continue }
      let grey = planes.map { plane in plane.flatMap { [$0, $0, $0] } }
      similarities.append(try #require(SSIM.value(grey[0], grey[1], width: 176, height: 144)))
    }
    #expect(abs(try #require(mean(decibels)) - 24.803040226992678) < 1e-9)
    let pooled = try #require(mean(errors))
    #expect(abs(pooled - 215.6795815236269) < 1e-6)
    #expect(abs(PSNR.decibels(meanSquaredError: pooled, peak: 255) - 24.792713) < 1e-6)
    #expect(abs(try #require(mean(similarities)) - 0.7457280906970025) < 1e-8)
  }
}
