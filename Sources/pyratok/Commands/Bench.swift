import ArgumentParser
import TokenizerEngine

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "How fast this machine is: layers, tokenizer, training step, screen.")

  /// What can be measured.
  enum Part: String, CaseIterable, ExpressibleByArgument {
    case layers
    case tokenizer
    case step
    case screen
    /// Keys on the Train screen beside a trainer at full load.
    case training
    /// Drawing tokens anew, and how soon a cancel is heeded.
    case regenerate
    /// How soon a changed token is seen.
    case edit

    var title: String {
      switch self {
      case .step: "training step"
      case .training: "keys while training"
      case .regenerate: "regeneration"
      case .edit: "edits"
      default: rawValue
      }
    }
  }

  @Argument(
    help: ArgumentHelp(
      "What to measure; all if nothing is named.",
      discussion: """
        training: keys on the Train screen while a trainer takes all processors. regenerate: 512 \
        tokens drawn in a window of 1024, how soon a cancel is heeded, and keys on the Generate \
        screen meanwhile. edit: a flipped bit, till the frame that is looked at shows it, and till \
        all others do.
        """))
  var parts: [Part] = []

  @OptionGroup var common: CommonOptions
  @OptionGroup var json: JSONOption

  func run() throws {
    common.applyThreads()
    Interruption.endAtOnce()
    var progress = ProgressLine(quiet: common.quiet)
    var results: [SpeedResult] = []
    // The peak is measured when first needed.
    lazy var test = SpeedTest()
    for part in Part.allCases where parts.isEmpty || parts.contains(part) {
      progress.show(part.title)
      switch part {
      case .layers: results += [test.peakResult] + test.layers()
      case .tokenizer: results += try test.tokenizer(loadCodec(common.model))
      case .step: results += test.trainingStep()
      case .screen: results += try WorkbenchProbe(model: common.model).results()
      case .training: results += try WorkbenchProbe(model: common.model).whileTraining()
      case .regenerate:
        if !results.contains(where: { $0.name == test.peakResult.name }) {
          results.append(test.peakResult)
        }
        results += try test.regeneration(loadCodec(common.model))
        results += try WorkbenchProbe(model: common.model).whileRegenerating()
      case .edit: results += try test.editing(loadCodec(common.model))
      }
    }
    progress.clear()
    try json.isOn
      ? StandardOutput.writeLine(JSONObject { $0.set("results", results.map(fields)) })
      : StandardOutput.writeLine(table(results))
  }

  private func fields(_ result: SpeedResult) -> JSONObject {
    JSONObject {
      $0.set("name", result.name)
      $0.set("milliseconds", result.milliseconds)
      $0.set("gflops", result.gigaflops)
      $0.set("fraction_of_peak", result.fractionOfPeak)
      if let count = result.count {
        $0.set("value", count.value)
        $0.set("unit", count.unit)
      }
    }
  }

  private func table(_ results: [SpeedResult]) -> String {
    var table = TextTable(["what", "ms", "GFLOP/s", "of peak", "figure"])
    for result in results {
      table.add([
        result.name, result.milliseconds.map { fixed($0, 2) } ?? "-",
        result.gigaflops.map { fixed($0, 1) } ?? "-",
        result.fractionOfPeak.map { fixed($0 * 100, 0) + " %" } ?? "-",
        result.count.map { "\(fixed($0.value, 1)) \($0.unit)" } ?? "",
      ])
    }
    return table.text
  }
}
