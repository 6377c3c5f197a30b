/// Takes the frames of one clip in order and leaves a file; one writer, one file, one queue.
package protocol VideoWriter: AnyObject {
  func append(_ frame: Frame) throws
  /// Completes the file under its final name; a writer let go before that leaves nothing behind.
  func finish() throws
}

/// A writer chosen by the ending: .mp4, .mkv (FFV1, lossless), .gif, .npy, .png (one frame).
///
/// A name without an ending, or with `/` at its end, becomes a folder of .png.
///
/// - Parameters:
///   - times: seconds of each frame where the rate varies; nil for a steady `frameRate`.
package func makeWriter(
  path: String, width: Int, height: Int, frameRate: Rational, times: [Double]? = nil
) throws -> any VideoWriter {
  precondition(width > 0 && height > 0, "A clip of \(width)x\(height) cannot be written.")
  let rate = frameRate.isPositive ? frameRate : ClipTiming.pictureRate
  return try naming(path) {
    switch ending(of: path) {
    case "mp4":
      try EncodedVideoWriter.mp4(
        path: path, width: width, height: height, frameRate: rate, times: times)
    case "mkv":
      try EncodedVideoWriter.mkv(
        path: path, width: width, height: height, frameRate: rate, times: times)
    case "gif":
      try GifWriter(path: path, width: width, height: height, frameRate: rate, times: times)
    case "npy": try NumpyWriter(path: path, width: width, height: height)
    case "png": try PictureWriter(path: path, width: width, height: height, isFolder: false)
    case "": try PictureWriter(path: path, width: width, height: height, isFolder: true)
    default: throw VideoError.unknownEnding(path)
    }
  }
}

extension Frame {
  func requireSize(_ width: Int, _ height: Int) {
    precondition(
      self.width == width && self.height == height,
      "A frame of \(self.width)x\(self.height) in a clip of \(width)x\(height).")
  }
}

/// In lower case, without the dot; empty for a folder.
private func ending(of path: String) -> String {
  if path.hasSuffix("/") || FileKind(of: path) == .folder { return "" }
  let name = path.split(separator: "/").last ?? ""
  guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
  return name[name.index(after: dot)...].lowercased()
}

private func naming<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as LibavError {
    throw VideoError.unwritable(path, reason: error.reason)
  }
}
