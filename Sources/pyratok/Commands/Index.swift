import ArgumentParser
import TokenizerEngine

struct Index: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Index the tokens of many clips, for `search` and the statistics of a corpus.",
    discussion: """
      One SQLite file of one model's codes. A clip that is in it already, unchanged, is passed over; \
      a changed one takes the place of the former, and what is gone from a folder that is named \
      goes from the index. Ended in the middle, the same command goes on.
      Examples: pyratok index film.mp4 clips/ --db clips.db
                pyratok index clips/captions.jsonl --db clips.db
      """)

  @Argument(
    help: """
      Clips, token files (.safetensors), folders of either, or manifests (.json, .jsonl, .csv with \
      path and caption).
      """)
  var clips: [String]

  @Option(help: ArgumentHelp("The index; made if need be.", valueName: "file"))
  var db: String

  @Option(help: "What the clips show, where no manifest says it; it changes the tokens.")
  var caption: String?

  @OptionGroup var clip: ClipOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  func run() throws {
    common.begin()
    try OutputPath.checkFile(db)
    let inputs = CorpusInputs.all(of: clips, caption: caption)
    try OutputPath.check(db, isNoneOf: inputs.map(\.path))
    let indexer = try CorpusIndexer(model: common.model)
    let index = try CorpusIndex(writing: db, model: indexer.model)
    var report = try fill(index, with: inputs, by: indexer)
    report.bytes = index.bytes
    if json.isOn {
      try StandardOutput.writeLine(report.document)
    } else if !common.quiet {
      try StandardOutput.writeLine(report.text)
    }
  }

  private func fill(
    _ index: CorpusIndex, with inputs: [CorpusInput], by indexer: CorpusIndexer
  ) throws -> IndexReport {
    defer { index.close() }
    let started = ContinuousClock.now
    var run = InputRun(quiet: common.quiet, count: inputs.count)
    var outcome = IndexReport(path: db)
    try run.each(inputs, path: \.path) { input, report in
      let result = try add(input, indexer, index, report)
      outcome.add(result.outcome)
      return InputResult(notices: result.notices)
    }
    for folder in clips {
      let pruned = try index.prune(folder: folder)
      outcome.removed += pruned.removed
      let count = pruned.removed
      let told = count > 0 ? ["\(count) of its clips are gone, and no longer in the index"] : []
      InputRun.show(told + pruned.notices, of: folder, quiet: common.quiet)
    }
    try run.finish()
    outcome.clips = try index.clipCount()
    outcome.seconds = (ContinuousClock.now - started) / .seconds(1)
    outcome.skipped = run.skipped
    return outcome
  }

  private func add(
    _ input: CorpusInput, _ indexer: CorpusIndexer, _ index: CorpusIndex, _ report: StepReport
  ) throws -> CorpusAddition {
    switch input {
    case .bad(_, let error): throw error
    case .clip(let path, let caption):
      if path.hasSuffix(".safetensors") { try KnownFile.checkTokens(path) }
      do {
        return try indexer.add(
          clip.request(for: path), caption: caption, to: index, report: report)
      } catch let error as CorpusError where error.endsIndexing {
        throw RunEnded(cause: error)
      }
    }
  }
}
