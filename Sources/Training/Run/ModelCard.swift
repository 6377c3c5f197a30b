import FoundationEssentials
import Glibc
import Tensors

/// Puts a finished run's best weights and a card about them in one place.
struct ModelCard {
  let plan: TrainingPlan
  let best: TrainingCheckpoint.State.Best?
  let seconds: Double

  /// Makes `model/` of the run folder: the averaged weights of the best checkpoint.
  func writeModel(in folder: RunFolder) throws {
    guard let step = best?.step ?? folder.checkpointSteps().last else { return }
    let source = folder.checkpointPath(step: step)
    let target = folder.modelPath
    do {
      try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
    } catch {
      throw TrainingError.unwritable(path: target, reason: "the folder cannot be made")
    }
    for name in ["config.json", "vocabulary.json", "model.safetensors"] {
      try WholeFile.write([try WholeFile.read("\(source)/\(name)")], to: "\(target)/\(name)")
    }
    try WholeFile.write([Array(text(step: step).utf8)], to: target + "/CARD.md")
  }

  private func text(step: Int) -> String {
    let data = plan.data.manifest.map { "the manifest \($0)" } ?? "the procedural world"
    let tenths = (seconds / 360).rounded() / 10
    let loss = best.map { " (validation loss \(($0.loss * 10_000).rounded() / 10_000))" } ?? ""
    return """
      # \(plan.prior?.name ?? plan.model.name)

      Weights of `pyratok train`, averaged over the steps, from step \(step) of \(plan.steps)\(loss).

      - Data: \(data), seed \(plan.seed).
      - Time: \(tenths) hours with \(Threads.count) threads on \(RunRecord.hostName()).
      - Chosen, in the last stage, by the lowest loss on \(plan.validation.clips) held-out procedural clips.

      """
  }
}
