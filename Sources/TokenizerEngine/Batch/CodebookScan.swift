import Evaluation
import Tensors
import Tokenization

/// Counts codes over token files, foreign arrays and clips, which must agree on the codebook.
package struct CodebookScan: Sendable {
  package private(set) var usage: CodebookUsage?
  /// The codes of each input on its own, in order, if they were asked for.
  package private(set) var windows: [CodebookUsage] = []
  private let format: CodeFormat?
  private let keepsWindows: Bool

  /// `format` says how to read arrays that say nothing themselves.
  package init(format: CodeFormat?, keepsWindows: Bool = false) {
    self.format = format
    self.keepsWindows = keepsWindows
  }

  /// What an index holds.
  package init(_ index: CorpusIndex) throws {
    self.init(format: nil)
    if try index.clipCount() > 0 { usage = try index.usage() }
  }

  /// Whether an input is a clip, to be tokenized first.
  package static func needsModel(_ path: String) -> Bool { kind(of: path) == .clip }

  /// Whether --bits and the like say how to read an input.
  package static func isArray(_ path: String) -> Bool {
    let kind = kind(of: path)
    return kind == .array || kind == .folder
  }

  private enum Kind {
    case array
    case folder
    case tokens
    case clip
  }

  private static func kind(of path: String) -> Kind {
    if path.hasSuffix(".npy") || path.hasSuffix(".npz") { return .array }
    if path.hasSuffix(".safetensors") { return isOurs(path) ? .tokens : .array }
    return TokenFolder.isOne(path) ? .folder : .clip
  }

  /// Whether a file says that it is of our format, or is too broken to say anything else.
  private static func isOurs(_ path: String) -> Bool {
    guard let file = try? SafetensorsFile.read(path) else { return true }
    return file.metadata["format"]?.hasPrefix("pyratok.") == true
  }

  /// Adds one input, whatever it is, and returns what people should know about it; on an error
  /// nothing of it was counted.
  package mutating func add(
    _ request: ClipRequest, session: Session?, report: StepReport
  ) throws -> [String] {
    let path = request.path
    switch Self.kind(of: path) {
    case .array:
      let dump = try CodeArrays.read(path, as: format)
      try join(dump.usage, path: path)
      return dump.notices
    case .folder:
      var folder = try TokenFolder(path, as: format)
      try join(try folder.usage(), path: path)
      return folder.notices
    case .tokens:
      try join(CodebookScan.usage(of: try ClipTokens.read(path)), path: path)
      return []
    case .clip:
      guard let session else { throw EngineError.noModel(searched: []) }
      let clip = try session.tokenize(request, report: report)
      var usage = CodebookScan.usage(of: clip.tokens)
      for (index, statistics) in clip.latents.enumerated() where statistics.values > 0 {
        usage.add(statistics, level: index + 1)
      }
      let comparison = try session.compareQuantizer(request)
      if let comparison { usage.add(comparison.leak) }
      try join(usage, path: path)
      return clip.notices + [comparison?.text].compactMap(\.self)
    }
  }

  private static func usage(of tokens: ClipTokens) -> CodebookUsage {
    var usage = CodebookUsage(bits: tokens.bits)
    for grid in tokens.grids { usage.addClip(grid.codes, level: grid.level) }
    return usage
  }

  private mutating func join(_ found: CodebookUsage, path: String) throws {
    if keepsWindows { windows.append(found) }
    guard var usage else {
      usage = found
      return
    }
    guard usage.fits(found) else {
      throw CodeFileError.otherCodebook(path, size: found.codebookSize, others: usage.codebookSize)
    }
    usage.add(found)
    self.usage = usage
  }
}
