/// The faults that the command line itself finds, each one line.
enum CommandError: Error, CustomStringConvertible {
  case outputFailed(String)
  case notAFolder(String)
  case notAPlainFile(String)
  case noSuchFolder(String)
  case nothingWorked(count: Int)
  case alreadyThere(String)
  case noSample
  case noTerminal

  var description: String {
    switch self {
    case .outputFailed(let reason): "the output could not be written: \(reason)."
    case .notAFolder(let path): "\(path): is not a folder; with several clips -o names a folder."
    case .notAPlainFile(let path): "\(path): is not a plain file; give another name with -o."
    case .noSuchFolder(let path): "\(path): no such folder; make it first."
    case .noTerminal: "this machine gave no pseudo-terminal to measure on."
    case .alreadyThere(let path): "\(path): is there already."
    case .noSample: "no sample clip is installed; name a clip, as in `pyratok film.mp4`."
    case .nothingWorked(let count): "none of \(count) inputs could be read."
    }
  }
}
