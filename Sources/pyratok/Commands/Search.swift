import ArgumentParser
import TokenizerEngine

struct Search: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find clips of an index by words, or the places of a code.",
    discussion: """
      A code is a number (6699, 0x1a2b) or bits, the highest first, x for any: 1xx0 and so on; what \
      is left out at the end is any, too. All else is text.
      score is the cosine of the model's vectors of text and clip; of a code, its share of the \
      clip's tokens of that level.
      Examples: pyratok search "a red circle" --db clips.db
                pyratok search 0x1a2b --db clips.db --level 2
      """)

  @Argument(help: "Words, or a code.")
  var query: String

  @Option(help: ArgumentHelp("An index that `pyratok index` made.", valueName: "file"))
  var db: String

  @Option(parsing: .unconditional, help: "Of a code: only this level, 1 is the finest.")
  var level: Int?

  @Option(parsing: .unconditional, help: "How many results at most.")
  var count = 20

  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  func validate() throws {
    if query.allSatisfy(\.isWhitespace) { throw ValidationError("Give words or a code.") }
    if count < 1 { throw ValidationError("--count takes 1 or more.") }
  }

  func run() throws {
    common.applyThreads()
    Interruption.endAtOnce()
    let index = try CorpusIndex(reading: db)
    defer { index.close() }
    if let pattern = try CodePattern(argument: query, bits: index.model.bits) {
      try find(pattern, in: index)
    } else {
      guard level == nil else {
        throw ValidationError("--level is for codes; words find whole clips.")
      }
      try findText(in: index)
    }
  }

  private func find(_ pattern: CodePattern, in index: CorpusIndex) throws {
    let started = ContinuousClock.now
    let found = try index.occurrences(of: pattern, level: level, limit: count)
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    let output = SearchOutput(query: query, index: index, seconds: seconds)
    try StandardOutput.writeLine(
      json.isOn
        ? JSONObject.Value.object(try output.document(found, of: pattern)).text
        : try output.text(found, of: pattern, level: level))
  }

  private func findText(in index: CorpusIndex) throws {
    let loading = ContinuousClock.now
    let indexer = try CorpusIndexer(model: common.model)
    guard indexer.model.sha256 == index.model.sha256 else {
      throw CorpusError.otherModel(
        path: db, index: index.model.sha256, model: indexer.model.sha256)
    }
    let started = ContinuousClock.now
    let words = try indexer.query(query)
    guard case .clips(let found) = try index.find(words, limit: count).hits else { return }
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    let output = SearchOutput(
      query: query, index: index, seconds: seconds,
      modelSeconds: (started - loading) / .seconds(1), notices: words.notices)
    if !common.quiet {
      for notice in words.notices { StandardError.writeLine("pyratok: \(notice)") }
    }
    try StandardOutput.writeLine(
      json.isOn
        ? JSONObject.Value.object(try output.document(found)).text : try output.text(found))
  }
}
