import ArgumentParser
import Tokenization
import TokenizerEngine

struct EvaluateCaptions: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "captions",
    abstract:
      "What do captions change? Tokens, PSNR and alignment with the right one and a wrong one.",
    discussion: "Example: pyratok evaluate captions --clips 200")

  @OptionGroup var fresh: FreshClipOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  static let convention =
    "a clip's shuffled caption is the next clip's; alignment: cosine of the alignment head's vectors, "
    + "of equals half; \(PSNR.convention)"

  func run() throws {
    common.begin()
    let probe = try ModelProbe(model: common.model)
    let clips = try fresh.fresh(for: probe, seed: common.seed)
    var progress = ProgressLine(quiet: common.quiet)
    let report = try probe.captions(clips) { done, total in
      try Interruption.check()
      progress.show("clip \(done) of \(total)")
    }
    progress.clear()
    if json.isOn {
      try StandardOutput.writeLine(document(report, probe))
    } else {
      try StandardOutput.writeLine(text(report, probe))
    }
  }

  private func document(_ report: CaptionReport, _ probe: ModelProbe) -> JSONObject {
    JSONObject {
      $0.set("metric", "alignment_wins")
      $0.set("value", report.wins)
      $0.set("alignment_wins_with_caption", report.winsWithCaption)
      $0.set("psnr_db_right", report.psnrRight)
      $0.set("psnr_db_shuffled", report.psnrShuffled)
      $0.set("psnr_db_none", report.psnrNone)
      $0.set(
        "changed_tokens",
        report.changes.rightFromNone.indices.map { index in
          JSONObject {
            $0.set("level", index + 1)
            $0.set("right_from_none", report.changes.rightFromNone[index])
            $0.set("shuffled_from_none", report.changes.shuffledFromNone[index])
            $0.set("right_from_shuffled", report.changes.rightFromShuffled[index])
          }
        })
      $0.set("clips", report.clips)
      $0.set("model", probe.name)
      $0.set("model_sha256", probe.sha256)
      $0.set("convention", Self.convention)
    }
  }

  private func text(_ report: CaptionReport, _ probe: ModelProbe) -> String {
    func percent(_ share: Double) -> String { fixed(100 * share, 1) + " %" }
    var table = TextTable([
      "changed tokens", "right from none", "shuffled from none", "right from shuffled",
    ])
    let changes = report.changes
    for index in changes.rightFromNone.indices.reversed() {
      table.add([
        "level \(index + 1)", percent(changes.rightFromNone[index]),
        percent(changes.shuffledFromNone[index]), percent(changes.rightFromShuffled[index]),
      ])
    }
    return """
      \(table.text)
      PSNR: right \(fixed(report.psnrRight, 3)), shuffled \(fixed(report.psnrShuffled, 3)), \
      none \(fixed(report.psnrNone, 3)) dB
      the right caption is nearer than the shuffled one: \(percent(report.wins)) of clips by codes made \
      without captions, \(percent(report.winsWithCaption)) by codes made with the right one
      \(fresh.description(seed: common.seed, of: probe)); \(Self.convention)
      """
  }
}
