import ArgumentParser
import Evaluation
import Tokenization
import TokenizerEngine
import Training

extension WorldEdit.Attribute: ExpressibleByArgument {}

struct EvaluatePrompts: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prompts",
    abstract:
      "Does what is made anew follow the sentence? Judged by pixels, attribute by attribute.",
    discussion: "Example: pyratok evaluate prompts --count 200 --only colour")

  @Option(parsing: .unconditional, help: "Edits of fresh clips, all attributes together.")
  var count = 200

  @Option(parsing: .unconditional, help: "Clips from text alone.")
  var texts = 40

  @Option(help: "Attributes to change, in turn (default: all).")
  var only: [WorldEdit.Attribute] = []

  @Option(help: ArgumentHelp("The folder of the prior (default: bundled).", valueName: "folder"))
  var prior: String?

  @Option(help: ArgumentHelp("The folder of the judge (default: bundled).", valueName: "folder"))
  var judge: String?

  @OptionGroup var sampling: SamplingOptions

  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  func validate() throws {
    guard (0...10_000).contains(count), (0...10_000).contains(texts) else {
      throw ValidationError("--count and --texts take 0 to 10000.")
    }
    guard count + texts > 0 else { throw ValidationError("Give --count or --texts above 0.") }
  }

  func run() throws {
    common.begin()
    var progress = ProgressLine(quiet: common.quiet)
    var settings = PromptProbe.Settings()
    (settings.edits, settings.texts, settings.seed) = (count, texts, common.seed)
    settings.sampling = sampling.settings(seed: common.seed)
    if !only.isEmpty { settings.attributes = only }
    let (judge, judgeHash) = try PromptJudge.find(judge)
    let subject = try RegenerationSubject(
      model: common.model, prior: prior, shouldStop: { Interruption.isRequested })
    let clock = ContinuousClock.now
    let report = try PromptProbe(judge: judge, settings: settings).run(subject) { done, total in
      try Interruption.check()
      progress.show("clip \(done) of \(total)")
    }
    progress.clear()
    let output = PromptOutput(
      report: report, settings: settings, judge: judgeHash, prior: subject.priorHash,
      model: subject.modelHash, seconds: (ContinuousClock.now - clock) / .seconds(1))
    try json.isOn
      ? StandardOutput.writeLine(output.document) : StandardOutput.writeLine(output.text)
  }
}
