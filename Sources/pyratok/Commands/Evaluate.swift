import ArgumentParser

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Judge the model's weights.",
    subcommands: [
      EvaluateReconstruction.self, EvaluateCaptions.self, EvaluateRetrieval.self,
      EvaluateDrift.self, EvaluateJudge.self, EvaluatePrompts.self,
    ])
}
