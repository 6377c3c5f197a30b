import ArgumentParser
import Tokenization
import TokenizerEngine
import Training

struct Ablate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a plan with one thing taken away at a time, and say what each was worth.",
    discussion: """
      Example: pyratok ablate samples/studies/ablation.json --run runs/ablation
      What is done stays in the folder: the same command goes on where it was stopped.
      """)

  @Argument(help: "A study (.json): a plan, seeds, and what each variant changes.")
  var study: String

  @Option(
    name: .customLong("run"), help: "The study's folder: one run folder a run, results.jsonl.")
  var folder: String

  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  static let convention =
    "fresh procedural clips, captions hidden from the tokenizer; \(PSNR.convention); usage: codes "
    + "used of the ceiling K(1 − (1 − 1/K)^tokens); R@1: text to clip, ties shared"

  func run() throws {
    common.begin()
    let study = try AblationStudy(path: study)
    let runner = AblationRunner(study: study, folder: folder)
    var progress = ProgressLine(quiet: common.quiet)
    var place = ""
    let results = try runner.run(
      shouldStop: { Interruption.isRequested },
      report: { event in
        if case .run(let run, let index, let count) = event {
          place = "run \(index + 1) of \(count), \(run.name), seed \(run.seed)"
        }
        if case .training(.notice(let text)) = event {
          StandardError.writeLine("pyratok: \(place): \(text)")
        }
        if case .training(.step(let metrics)) = event {
          progress.show("\(place): step \(metrics.step), loss \(fixed(metrics.loss, 4))")
        }
      },
      judge: { model in
        try ModelProbe(model: model).judge(study.judgement.fresh, sets: study.judgement.sets) {
          try Interruption.check()
          progress.show("\(place): judging, clip \($0) of \($1)")
        }
      })
    progress.clear()
    if results.count < study.runs.count {
      StandardError.writeLine(
        "pyratok: \(results.count) of \(study.runs.count) runs are done; the same command goes on")
      try Interruption.check()
    }
    let report = AblationReport(results: results)
    if json.isOn {
      try StandardOutput.writeLine(report.document)
    } else {
      try StandardOutput.writeLine(report.text + "\n" + Self.convention)
    }
  }
}

extension AblationStudy.Judgement {
  fileprivate var fresh: FreshClips {
    FreshClips(count: clips, frames: frames, size: size, seed: seed)
  }
}
