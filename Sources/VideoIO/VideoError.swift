/// Why a clip could not be read or written, in one line for the person at the keyboard.
package enum VideoError: Error, Equatable, CustomStringConvertible {
  case notFound(String)
  case unreadable(String, reason: String)
  case noVideoStream(String)
  case noSuchStream(String, stream: Int, available: [Int])
  case nothingDecodes(String, reason: String)
  case noPictures(String)
  case frameLost(String, frame: Int, reason: String)
  case cancelled(String)
  case unknownEnding(String)
  case unwritable(String, reason: String)

  package var description: String {
    switch self {
    case .notFound(let path): "\(path): no such file or folder."
    case .unreadable(let path, let reason): "\(path): cannot be read as a clip: \(reason)."
    case .noVideoStream(let path): "\(path): there is no video in this file."
    case .noSuchStream(let path, let stream, let available):
      "\(path): stream \(stream) is no video; choose one of "
        + available.map(String.init).joined(separator: ", ") + " with --stream."
    case .nothingDecodes(let path, let reason): "\(path): no frame could be decoded: \(reason)."
    case .noPictures(let path): "\(path): there is no picture in this folder."
    case .frameLost(let path, let frame, let reason):
      "\(path): frame \(frame) could not be decoded: \(reason)."
    case .cancelled(let path): "\(path): opening was cancelled."
    case .unknownEnding(let path):
      "\(path): give a name that ends in .mp4, .mkv, .gif or .npy, or a folder for pictures."
    case .unwritable(let path, let reason): "\(path): could not be written: \(reason)."
    }
  }
}
