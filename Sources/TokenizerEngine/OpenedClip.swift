import VideoIO

/// A clip that is being read: its reader, and the frames that belong to it.
package final class OpenedClip {
  package let summary: ClipSummary
  private let reader: VideoReader

  /// - Parameter shouldStop: asked now and then; once it says so, `VideoError.cancelled` is thrown.
  package init(_ request: ClipRequest, shouldStop: () -> Bool = { false }) throws {
    reader = try VideoReader(
      path: request.path, stream: request.stream, size: request.size, shouldStop: shouldStop)
    let info = reader.info
    let origin = info.times.first ?? 0
    let after = info.times.map { $0 - origin }
    guard let first = after.firstIndex(where: { $0 >= request.start - 1e-6 }) else {
      throw EngineError.nothingToRead(
        path: request.path,
        reason: "--start \(shortSeconds(request.start)) lies behind its last frame at "
          + "\(shortSeconds(after.last ?? 0)) s")
    }
    let count = min(request.frames ?? Int.max, after.count - first)
    guard count > 0 else {
      throw EngineError.nothingToRead(path: request.path, reason: "no frames were asked for")
    }
    summary = ClipSummary(
      request: request, info: info, width: reader.workingWidth, height: reader.workingHeight,
      firstFrame: first, frameCount: count,
      times: after[first..<first + count].map { $0 - after[first] })
  }

  /// One line for each thing about the file that people should know, found up to now.
  package var notices: [String] { reader.info.notices }

  /// A frame of the clip, counted from its first one.
  package func frame(_ index: Int) throws -> Frame {
    try reader.frame(at: summary.firstFrame + index)
  }

  /// The frames of a chunk; behind the end the last frame is repeated.
  func chunk(_ frames: ClosedRange<Int>) throws -> [Frame] {
    var result: [Frame] = []
    for index in frames {
      if index < summary.frameCount {
        result.append(try frame(index))
      } else {
        result.append(try result.last ?? frame(summary.frameCount - 1))
      }
    }
    return result
  }
}

/// Seconds with three digits behind the point at most.
private func shortSeconds(_ seconds: Double) -> String {
  let rounded = (seconds * 1000).rounded() / 1000
  guard rounded.isFinite, abs(rounded) < 1e12 else { return "\(seconds)" }
  return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
}

/// The faults of the world that the engine finds itself.
package enum EngineError: Error, CustomStringConvertible, Equatable {
  case nothingToRead(path: String, reason: String)
  case noModel(searched: [String])
  /// The folder of a run, whose model lies one deeper.
  case modelInside(folder: String)
  case noClip
  /// What is needed of the clip has no tokens yet.
  case notTokenized
  /// The model of a folder makes tokens of other shapes.
  case otherTokens(path: String)

  package var description: String {
    switch self {
    case .nothingToRead(let path, let reason): "\(path): \(reason)."
    case .noModel(let searched):
      "No model found in \(searched.joined(separator: ", ")); give one with --model."
    case .modelInside(let folder):
      "No model in \(folder), but there is one inside; give --model \(folder)/model."
    case .noClip: "No clip is open; open one with :open PATH."
    case .otherTokens(let path):
      "The tokens of \(path) have other levels or bits; only models of one shape can be compared."
    case .notTokenized: "These frames have no tokens yet; t tokenizes them."
    }
  }
}
