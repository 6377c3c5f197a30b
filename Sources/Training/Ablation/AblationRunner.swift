import FoundationEssentials
import Glibc
import Tensors

/// What a study tells while it goes on.
package enum AblationEvent: Sendable {
  /// Run `index` of `count` begins, or goes on.
  case run(AblationRun, index: Int, count: Int)
  case training(TrainingEvent)
}

/// Trains and judges the runs of a study, each in a folder of its own.
///
/// What is done stays done: a study that was stopped, or killed, goes on in the middle of the run.
package struct AblationRunner {
  package let study: AblationStudy
  /// The study's folder: one run folder a run, and `results.jsonl`.
  package let folder: String

  package init(study: AblationStudy, folder: String) {
    self.study = study
    self.folder = folder
  }

  private var resultsPath: String { folder + "/results.jsonl" }

  /// The results in the order of the runs; fewer if `shouldStop` said so.
  ///
  /// - Parameter judge: scores the model folder that a run left.
  package func run(
    shouldStop: () -> Bool = { false }, report: (AblationEvent) -> Void = { _ in },
    judge: (String) throws -> AblationScore
  ) throws -> [AblationResult] {
    var results: [AblationResult] = []
    let earlier = try earlierResults()
    for (index, run) in study.runs.enumerated() {
      if shouldStop() { break }
      if let result = earlier.last(where: { holds($0, for: run) }) {
        results.append(result)
        continue
      }
      report(.run(run, index: index, count: study.runs.count))
      guard let model = try train(run, shouldStop: shouldStop, report: report) else { break }
      let result = AblationResult(
        name: run.name, seed: run.seed, steps: run.plan.steps, judgement: study.judgement,
        score: try judge(model))
      try append(result)
      results.append(result)
    }
    return results
  }

  /// The model's folder; nil if the run was stopped before its end.
  private func train(
    _ run: AblationRun, shouldStop: () -> Bool, report: (AblationEvent) -> Void
  ) throws -> String? {
    let runFolder = RunFolder(path: "\(folder)/\(run.folder)")
    let trainer = try Trainer(
      plan: run.plan, planPath: run.planPath, run: runFolder.path, resume: runFolder.holdsRun)
    let result = try trainer.run(shouldStop: shouldStop) { report(.training($0)) }
    return result.isFinished ? runFolder.modelPath : nil
  }

  /// Whether a result is that of this very plan and judgement.
  private func holds(_ result: AblationResult, for run: AblationRun) -> Bool {
    let trained = try? TrainingPlan(path: "\(folder)/\(run.folder)/plan.json")
    return result.name == run.name && result.seed == run.seed
      && result.judgement == study.judgement && trained == run.plan
  }

  // MARK: Results

  private func earlierResults() throws -> [AblationResult] {
    guard access(resultsPath, F_OK) == 0 else { return [] }
    // A line that a killed process did not finish is not a result.
    return try WholeFile.read(resultsPath).split(separator: UInt8(ascii: "\n"))
      .compactMap { try? JSONDecoder().decode(AblationResult.self, from: Data($0)) }
  }

  private func append(_ result: AblationResult) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let line = [UInt8](try encoder.encode(result)) + [UInt8(ascii: "\n")]
    var bytes = access(resultsPath, F_OK) == 0 ? try WholeFile.read(resultsPath) : []
    if let last = bytes.last, last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
    try WholeFile.write([bytes, line], to: resultsPath)
  }
}
