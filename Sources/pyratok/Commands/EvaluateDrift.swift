import ArgumentParser
import TokenizerEngine

struct EvaluateDrift: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drift",
    abstract: "How far the tokens of two models, such as two checkpoints, are from each other.",
    discussion: """
      Example: pyratok evaluate drift *.mp4 --model run/checkpoints/step-4000 \\
        --against run/checkpoints/step-3000
      """)

  @Argument(help: "Video files, pictures, or folders of numbered pictures.")
  var clips: [String]

  @Option(help: ArgumentHelp("The model to compare with.", valueName: "folder"))
  var against: String

  @Option(help: "What the clips show.")
  var caption: String?

  @OptionGroup var clip: ClipOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  static let convention =
    "the same clips tokenized by both; changed: codes that differ; flipped: bits that differ, 50 % "
    + "where two models have nothing in common"

  func run() throws {
    common.begin()
    let session = try common.session()
    var run = InputRun(quiet: common.quiet, count: clips.count)
    var model: ModelSummary?
    var levels: [TokenDrift.Level] = []
    try run.each(clips) { path, report in
      let drift = try session.evaluateDrift(
        clip.request(for: path), against: against, caption: caption, report: report)
      model = drift.model
      if levels.isEmpty {
        levels = drift.levels
      } else {
        for (index, level) in drift.levels.enumerated() { levels[index].addCounts(of: level) }
      }
      return InputResult(notices: [])
    }
    if let model {
      let text = DriftOutput(levels: levels, model: session.codec?.summary, other: model)
      try json.isOn
        ? StandardOutput.writeLine(text.document(skipped: run.skipped))
        : StandardOutput.writeLine(text.text)
    }
    try run.finish()
  }
}

/// The table of `evaluate drift`.
struct DriftOutput {
  /// Level 1 first.
  let levels: [TokenDrift.Level]
  let model: ModelSummary?
  let other: ModelSummary

  func document(skipped: [SkippedInput]) -> JSONObject {
    JSONObject {
      $0.set(
        "levels",
        levels.map { level in
          JSONObject {
            $0.set("level", level.level)
            $0.set("tokens", level.tokens)
            $0.set("changed_tokens", level.changed)
            $0.set("changed_share", level.changedShare, note: "nothing was compared")
            $0.set("flipped_share", level.flippedShare, note: "nothing was compared")
            $0.set("flipped_share_by_bit", shares(level))
          }
        })
      $0.set("model_sha256", model?.sha256 ?? "")
      $0.set("against_sha256", other.sha256)
      $0.set("convention", EvaluateDrift.convention)
      $0.set("skipped", skipped.map(\.json))
    }
  }

  private func shares(_ level: TokenDrift.Level) -> [Double] {
    level.flips.map { level.tokens > 0 ? Double($0) / Double(level.tokens) : 0 }
  }

  var text: String {
    var table = TextTable(["level", "tokens", "changed", "bits flipped", "most flipped bits"])
    for level in levels.reversed() {
      let most = shares(level).enumerated().sorted { ($0.1, -$0.0) > ($1.1, -$1.0) }.prefix(3)
        .filter { $0.1 > 0 }.map { "\($0.0): \(percent($0.1))" }
      table.add([
        "\(level.level)", "\(level.tokens)", level.changedShare.map(percent) ?? "-",
        level.flippedShare.map(percent) ?? "-", most.isEmpty ? "-" : most.joined(separator: "  "),
      ])
    }
    let names = [model, other].compactMap(\.self).map { "\($0.name) \($0.sha256.prefix(8))" }
    return table.text + "\n" + names.joined(separator: " against ") + "\n"
      + EvaluateDrift.convention
  }

  private func percent(_ share: Double) -> String { fixed(100 * share, 2) + " %" }
}
