import ArgumentParser
import Evaluation
import TokenizerEngine

struct EvaluateRetrieval: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retrieval",
    abstract: "Can captions find their clips by the codes? Recall over fresh procedural clips.",
    discussion: "Example: pyratok evaluate retrieval --clips 200 --sets 3")

  @OptionGroup var fresh: FreshClipOptions

  @Option(parsing: .unconditional, help: "Sets of clips, each judged on its own.")
  var sets = 3

  @Flag(help: "Ask in words that the procedural world never uses: “a crimson disc rotates”.")
  var paraphrased = false

  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  static let convention =
    "text to clip; codes made without captions; cosine of the alignment head's vectors; ties share "
    + "their ranks"

  func validate() throws {
    guard (1...100).contains(sets) else { throw ValidationError("--sets takes 1 to 100.") }
  }

  func run() throws {
    common.begin()
    let probe = try ModelProbe(model: common.model)
    let clips = try fresh.fresh(for: probe, seed: common.seed)
    var progress = ProgressLine(quiet: common.quiet)
    let wording = paraphrased ? Paraphrase.of : { $0 }
    let scores = try probe.retrieval(clips, sets: sets, wording: wording) { done, total in
      try Interruption.check()
      progress.show("clip \(done) of \(total)")
    }
    progress.clear()
    let chance = 1 / Double(clips.count)
    guard json.isOn else { return try StandardOutput.writeLine(table(scores, probe, chance)) }
    try StandardOutput.writeLine(
      JSONObject {
        $0.set("metric", "recall_at_1")
        $0.set("value", mean(scores.map(\.recallAt1)))
        $0.set("recall_at_5", mean(scores.map(\.recallAt5)))
        $0.set("recall_at_10", mean(scores.map(\.recallAt10)))
        $0.set("median_rank", mean(scores.map(\.medianRank)))
        $0.set("chance", chance)
        $0.set("clips", clips.count)
        $0.set("sets", scores.map(Self.document))
        $0.set("paraphrased", paraphrased)
        $0.set("model", probe.name)
        $0.set("model_sha256", probe.sha256)
        $0.set("convention", Self.convention)
      })
  }

  private static func document(_ score: RetrievalScore) -> JSONObject {
    JSONObject {
      $0.set("recall_at_1", score.recallAt1)
      $0.set("recall_at_5", score.recallAt5)
      $0.set("recall_at_10", score.recallAt10)
      $0.set("median_rank", score.medianRank)
    }
  }

  private func table(
    _ scores: [RetrievalScore], _ probe: ModelProbe, _ chance: Double
  ) -> String {
    var table = TextTable(["set", "R@1", "R@5", "R@10", "median rank"])
    func percent(_ values: [Double]) -> String { fixed(100 * (mean(values) ?? .nan), 1) + " %" }
    func add(_ name: String, _ scores: [RetrievalScore]) {
      table.add([
        name, percent(scores.map(\.recallAt1)), percent(scores.map(\.recallAt5)),
        percent(scores.map(\.recallAt10)), fixed(mean(scores.map(\.medianRank)) ?? .nan, 1),
      ])
    }
    for (index, score) in scores.enumerated() { add("\(index + 1)", [score]) }
    add("mean", scores)
    table.add([
      "chance", percent([chance]), percent([min(1, 5 * chance)]), percent([min(1, 10 * chance)]),
      fixed((1 / chance + 1) / 2, 1),
    ])
    return table.text + "\n" + fresh.description(seed: common.seed, of: probe)
      + (paraphrased ? "; in words that it never saw" : "") + "; " + Self.convention
  }
}
