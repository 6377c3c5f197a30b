import Evaluation
import Tokenization

/// Counts codes over token files, foreign arrays and clips, which must agree on the codebook.
package struct CodebookScan: Sendable {
  package private(set) var usage: CodebookUsage?
  private let format: CodeFormat?

  /// `format` says how to read arrays that say nothing themselves.
  package init(format: CodeFormat?) { self.format = format }

  /// Whether an input is a clip, to be tokenized first.
  package static func needsModel(_ path: String) -> Bool {
    ![".npy", ".npz", ".safetensors"].contains(where: path.hasSuffix)
  }

  /// Adds one input, whatever it is, and returns what people should know about it; on an error
  /// nothing of it was counted.
  package mutating func add(
    _ request: ClipRequest, session: Session?, report: StepReport
  ) throws -> [String] {
    let path = request.path
    if path.hasSuffix(".npy") || path.hasSuffix(".npz") {
      guard let format else { throw CodeFileError.unknownCodebook(path) }
      var found = format.emptyUsage
      let dump = try CodeArrays.read(path, as: format)
      for (level, codes) in dump.levels { found.add(codes, level: level) }
      try join(found, path: path)
      return dump.notices
    } else if path.hasSuffix(".safetensors") {
      try join(CodebookScan.usage(of: try ClipTokens.read(path)), path: path)
    } else {
      guard let session else { throw EngineError.noModel(searched: []) }
      let clip = try session.tokenize(request, report: report)
      try join(CodebookScan.usage(of: clip.tokens), path: path)
      return clip.notices
    }
    return []
  }

  private static func usage(of tokens: ClipTokens) -> CodebookUsage {
    var usage = CodebookUsage(bits: tokens.bits)
    for grid in tokens.grids { usage.add(grid.codes, level: grid.level) }
    return usage
  }

  private mutating func join(_ found: CodebookUsage, path: String) throws {
    guard var usage else {
      usage = found
      return
    }
    guard usage.codebookSize == found.codebookSize, usage.bits == found.bits else {
      throw CodeFileError.otherCodebook(path, size: found.codebookSize, others: usage.codebookSize)
    }
    usage.add(found)
    self.usage = usage
  }
}
