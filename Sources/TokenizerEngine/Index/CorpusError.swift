import GRDB
import Tensors

/// What is wrong with an index, or with what is to go into it, in one line.
package enum CorpusError: Error, Equatable, CustomStringConvertible {
  case missing(String)
  case noIndex(path: String, reason: String)
  case damaged(path: String, reason: String)
  case otherModel(path: String, index: String, model: String)
  case otherTokens(path: String, tokens: String, model: String)
  case emptyFolder(String)
  case badCode(String, reason: String)
  case noSuchLevel(Int, levels: Int)
  /// No index stands beside the clip.
  case notOpen
  case noTexts
  /// A clip of the index, by its path.
  case vanished(String)
  case changed(String)
  case noPictures(String)
  /// The disk is full, the folder may not be written to, and the like.
  case storage(path: String, reason: String)

  package var description: String {
    switch self {
    case .missing(let path): "\(path): no such index; `pyratok index CLIP… --db \(path)` makes it."
    case .noIndex(let path, let reason):
      "\(path): is no index of clips: \(reason); give another name with --db."
    case .damaged(let path, let reason):
      "\(path): the index is damaged (\(reason)); remove it and index the clips anew."
    case .otherModel(let path, let index, let model):
      "\(path): was made with the weights \(index.prefix(12)), and the loaded model is "
        + "\(model.prefix(12)); give its model with --model, or another --db."
    case .otherTokens(let path, let tokens, let model):
      "\(path): was made with the weights \(tokens.prefix(12)), and the loaded model is "
        + "\(model.prefix(12)); one index holds the codes of one model."
    case .emptyFolder(let path):
      "\(path): the folder holds no clips and no token files."
    case .badCode(let text, let reason): "\(text.quotedForMessage) is no code: \(reason)."
    case .noSuchLevel(let level, let levels): "there is no level \(level), only 1 to \(levels)."
    case .notOpen: "No index is open; :db FILE opens one."
    case .noTexts: "This model reads no texts; search for a code."
    case .vanished(let path): "\(path): is gone; index its folder again."
    case .changed(let path): "\(path): has changed since it was indexed; index it again."
    case .noPictures(let path): "\(path): a token file has no pictures."
    case .storage(let path, let reason): "\(path): the index cannot be used: \(reason)."
    }
  }

  /// Whether no other clip can go into the index either.
  package var endsIndexing: Bool {
    switch self {
    case .storage, .damaged: true
    default: false
    }
  }

  /// What SQLite says, in words for the person at the keyboard.
  init(_ error: DatabaseError, path: String) {
    switch error.resultCode {
    case .SQLITE_NOTADB: self = .noIndex(path: path, reason: "it is no SQLite database")
    case .SQLITE_CORRUPT: self = .damaged(path: path, reason: error.message ?? "malformed")
    case .SQLITE_FULL: self = .storage(path: path, reason: "the disk is full")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self = .storage(path: path, reason: "another program holds it; try again later")
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
      self = .storage(
        path: path, reason: "it, or the folder that it lies in, cannot be opened or written to")
    case .SQLITE_IOERR:
      self = .storage(
        path: path, reason: "it cannot be read or written to the end; is the disk full?")
    default: self = .damaged(path: path, reason: error.message ?? "error \(error.resultCode)")
    }
  }
}
