import Tokenization
import VideoIO

/// How close decoded frames are to a clip's own; grows frame by frame.
package struct ReconstructionScore: Sendable, Equatable {
  /// In decibels, one for each frame; infinite for equal frames.
  package private(set) var framePSNR: [Double] = []
  /// One for each frame; empty where frames are smaller than the window, or nobody asked.
  package private(set) var frameSSIM: [Double] = []
  private let comparesStructure: Bool

  /// - Parameter comparesStructure: without it there is no SSIM, which takes most of the time.
  package init(comparesStructure: Bool = true) { self.comparesStructure = comparesStructure }

  package mutating func add(original: Frame, reconstruction: Frame) {
    precondition(
      original.width == reconstruction.width && original.height == reconstruction.height,
      "Cannot compare \(original.width)x\(original.height) with "
        + "\(reconstruction.width)x\(reconstruction.height).")
    framePSNR.append(PSNR.decibels(original.pixels, reconstruction.pixels))
    guard comparesStructure else { return }
    let similarity = SSIM.value(
      original.pixels, reconstruction.pixels, width: original.width, height: original.height)
    if let similarity { frameSSIM.append(similarity) }
  }

  /// The mean over frames, in decibels; not a number before the first frame.
  package var psnr: Double { mean(framePSNR) ?? .nan }

  /// The mean over frames; nil where frames are smaller than the window.
  package var ssim: Double? { mean(frameSSIM) }
}

/// The mean of what there is, or nil of nothing.
package func mean(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}
