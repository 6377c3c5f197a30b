import Foundation
import Tokenization

/// What a regeneration asks of a prior: which tokens are likely beside others, given a sentence.
///
/// The real one is a trained model; tests use one whose answers are known.
package protocol TokenPrior: AnyObject {
  /// The most that it sees at once: [T, H, W].
  var window: [Int] { get }
  /// Bits of a code that it draws together.
  var groupBits: Int { get }
  /// The levels in the order in which it draws them.
  var levels: [Int] { get }
  /// Throws unless it knows the tokens of these weights.
  func check(_ model: ModelSummary) throws
  func read(_ prompt: String) -> PromptReading
  /// Throws `CancellationError` soon after `shouldStop` says so.
  func predictor(
    kept: TokenRows, prompt: PromptReading, shouldStop: () -> Bool
  ) throws -> any TokenPredictor
}

/// A prompt as a prior reads it.
package struct PromptReading: Sendable, Equatable {
  package var ids: [Int]
  /// Words that its vocabulary has in pieces only.
  package var unknownWords: [String]
  /// How many of the ids at the end are too many for it.
  package var dropped: Int

  package init(ids: [Int], unknownWords: [String] = [], dropped: Int = 0) {
    self.ids = ids
    self.unknownWords = unknownWords
    self.dropped = dropped
  }

  package init(_ prompt: String, vocabulary: BytePairVocabulary, limit: Int) {
    let all = vocabulary.encode(prompt)
    ids = Array(all.prefix(limit))
    dropped = all.count - ids.count
    unknownWords = []
    let words = prompt.split(whereSeparator: { !$0.isLetter && !$0.isNumber }).map(String.init)
    for (index, word) in words.enumerated() where !unknownWords.contains(word) {
      if !Self.isKnown(word, isFirst: index == 0, vocabulary) { unknownWords.append(word) }
    }
  }

  /// Whether a word is one id: after a blank, or where it begins the text.
  ///
  /// One letter always is, or begins one, and says nothing but in the article.
  private static func isKnown(
    _ word: String, isFirst: Bool, _ vocabulary: BytePairVocabulary
  ) -> Bool {
    guard word.count > 1 else { return word == "a" || word == "A" }
    return (isFirst ? ["", " "] : [" "]).contains { vocabulary.encode($0 + word).count == 1 }
  }

  /// The first unknown words, each cut at 30 characters, and how many more there are.
  package var namedUnknownWords: String {
    let named = unknownWords.prefix(5).map { "“\(Self.short($0))”" }.joined(separator: ", ")
    return named + (unknownWords.count > 5 ? " and \(unknownWords.count - 5) more" : "")
  }

  /// A word for one line.
  package static func short(_ word: String) -> String {
    word.count > 30 ? "\(word.prefix(30))…" : word
  }
}

/// A trained prior of a folder.
final class LoadedPrior: TokenPrior {
  private let model: PriorModel
  private let vocabulary: BytePairVocabulary
  private let folder: PriorFolder
  private let path: String

  convenience init(_ given: String?) throws {
    let path = try PriorLocation.find(given)
    try self.init(PriorFolder.read(path), path: path)
  }

  /// `path` is what messages call it.
  init(_ folder: PriorFolder, path: String) throws {
    self.path = path
    self.folder = folder
    vocabulary = folder.vocabulary
    model = try folder.model(path: path)
  }

  var window: [Int] { folder.configuration.window }
  var groupBits: Int { folder.configuration.groupBits }
  var levels: [Int] { folder.configuration.levels }

  func check(_ model: ModelSummary) throws {
    try folder.check(
      tokenizer: model.name, sha256: model.sha256, bits: model.bits,
      strides: model.strides.map { [$0.t, $0.y, $0.x] }, path: path)
  }

  func read(_ prompt: String) -> PromptReading {
    // One id is kept for padding, which stands for no words.
    PromptReading(
      prompt, vocabulary: vocabulary, limit: folder.configuration.textLength - 1)
  }

  func predictor(
    kept: TokenRows, prompt: PromptReading, shouldStop: () -> Bool
  ) throws -> any TokenPredictor {
    try PriorPredictor(
      model, kept: kept, prompt: model.text(prompt.ids), silence: model.text([]),
      shouldStop: shouldStop)
  }
}

/// Loads the prior of a folder, a bundled one by its name, or the default one.
package func loadPrior(_ path: String?) throws -> any TokenPrior { try LoadedPrior(path) }

/// Where priors are looked for: the given folder, `$PYRATOK_PRIOR`, beside the executable, and the
/// tree the program was built from.
package enum PriorLocation {
  package static let bundled = "prior"

  /// `given` may be a folder or the name of a bundled one.
  package static func find(_ given: String?) throws -> String {
    let candidates = candidates(given)
    for folder in candidates
    where FileManager.default.fileExists(atPath: folder + "/config.json") {
      return folder
    }
    throw RegenerationError.noPrior(searched: candidates)
  }

  private static func candidates(_ given: String?) -> [String] {
    if let given, given.contains("/") { return [given] }
    let named = ProcessInfo.processInfo.environment["PYRATOK_PRIOR"] ?? ""
    if given == nil, !named.isEmpty { return [named] }
    return (given.map { [$0] } ?? []) + BundledFiles.folders("models/" + (given ?? bundled))
  }
}

/// What is wrong with a request to make a part of a clip anew, in one line.
package enum RegenerationError: Error, Equatable, CustomStringConvertible {
  case noPrior(searched: [String])
  case badPrompt(reason: String)
  case badRegion(reason: String)
  case badSettings(reason: String)
  case otherTokens(reason: String)
  case noResult
  case otherClip
  case outputIsClip(String)

  package var description: String {
    switch self {
    case .noPrior(let searched):
      "No prior found; give its folder with --prior (in the workbench :prior), or train one with "
        + "`pyratok train samples/plans/prior.json --run DIR`. Searched: "
        + searched.joined(separator: ", ")
    case .badPrompt(let reason): "The prompt cannot be used: \(reason)."
    case .badRegion(let reason): "The region cannot be made anew: \(reason)."
    case .badSettings(let reason): "The settings cannot be used: \(reason)."
    case .otherTokens(let reason): "The tokens cannot be used: \(reason)."
    case .noResult: "That job has no result (any more); run it again."
    case .outputIsClip(let path):
      "\(path): is the open clip itself; give another name for what is written."
    case .otherClip: "That result belongs to another clip, or to tokens of other weights."
    }
  }
}
