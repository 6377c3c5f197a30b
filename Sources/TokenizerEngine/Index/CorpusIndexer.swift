import Tokenization

/// Makes what goes into an index of clips, and what texts are searched by.
///
/// Confined to one thread at a time.
package final class CorpusIndexer {
  package let model: CorpusModel
  private let tokenizer: VideoTokenizer
  private let session: Session

  /// - Parameter model: a folder of weights, or nil for the bundled ones.
  package convenience init(model: String?) throws { try self.init(loadTokenizer(model)) }

  init(_ tokenizer: VideoTokenizer) throws {
    let codec = VideoTokenizerCodec(tokenizer)
    self.tokenizer = tokenizer
    model = CorpusModel(codec.summary)
    session = Session(loadCodec: { _ in codec })
    try session.loadModel(nil)
  }

  /// Adds a clip or a token file unless the index holds it as it is.
  ///
  /// - Parameter request: how a clip is read.
  package func add(
    _ request: ClipRequest, caption: String?, to index: CorpusIndex, report: StepReport
  ) throws -> CorpusAddition {
    // Before it is read: a clip that changes meanwhile is found to be another one next time.
    let fingerprint = try CorpusFingerprint(of: request.path)
    let isTokens = CorpusInputs.isTokenFile(request.path)
    let source = isTokens ? .tokens : CorpusSource(request, caption: caption)
    guard try !index.isCurrent(fingerprint, source) else { return CorpusAddition(.unchanged) }
    var notices: [String] = []
    let tokens: ClipTokens
    if isTokens {
      try report(0, 1)
      tokens = try ClipTokens.read(request.path)
      try check(tokens, path: request.path)
    } else {
      let clip = try session.tokenize(request, caption: caption, report: report)
      (tokens, notices) = (clip.tokens, clip.notices)
    }
    let wasThere = try index.put(
      CorpusEntry(
        fingerprint: fingerprint, source: source, tokens: tokens,
        embedding: tokenizer.vector(of: tokens)))
    return CorpusAddition(wasThere ? .replaced : .added, notices: notices)
  }

  /// What a text is searched by.
  package func query(_ text: String) throws -> CorpusQuery { try tokenizer.query(text) }

  private func check(_ tokens: ClipTokens, path: String) throws {
    guard tokens.modelSHA256 == model.sha256 else {
      throw CorpusError.otherTokens(path: path, tokens: tokens.modelSHA256, model: model.sha256)
    }
    guard tokens.bits == model.bits, tokens.strides == model.strides else {
      throw TokenizationError.badTokens(
        path: path, reason: "its bits and strides are not those of its model")
    }
  }
}

/// What came of a clip.
package struct CorpusAddition: Sendable, Equatable {
  package enum Outcome: Sendable, Equatable {
    case added
    case replaced
    case unchanged
  }

  package let outcome: Outcome
  /// What people should know about the clip.
  package let notices: [String]

  init(_ outcome: Outcome, notices: [String] = []) {
    self.outcome = outcome
    self.notices = notices
  }
}
