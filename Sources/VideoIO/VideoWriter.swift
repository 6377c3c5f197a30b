/// Takes the frames of one clip in order and leaves a file; one writer, one file, one queue.
package protocol VideoWriter: AnyObject {
  func append(_ frame: Frame) throws
  /// Completes the file under its final name; a writer let go before that leaves nothing behind.
  func finish() throws
}

/// A writer chosen by the ending: .mp4, .mkv (FFV1, lossless), .gif, .npy, else a folder of .png.
///
/// - Parameters:
///   - times: seconds of each frame where the rate varies; nil for a steady `frameRate`.
package func makeWriter(
  path: String, width: Int, height: Int, frameRate: Rational, times: [Double]? = nil
) throws -> any VideoWriter {
  throw VideoError.unknownEnding(path)
}
