/// Why training or making clips cannot go on, in one line for the person at the keyboard.
package enum TrainingError: Error, Equatable, CustomStringConvertible {
  case badPlan(path: String, reason: String)
  case badStudy(path: String, reason: String)
  case badManifest(path: String, reason: String)
  case badRun(path: String, reason: String)
  case badWeights(path: String, reason: String)
  case unwritable(path: String, reason: String)
  case notFinite(tensor: String, step: Int, batch: String, lastCheckpoint: String?)

  package var description: String {
    switch self {
    case .badPlan(let path, let reason): "\(path) is not a usable plan: \(reason)."
    case .badStudy(let path, let reason): "\(path) is not a usable ablation study: \(reason)."
    case .badManifest(let path, let reason): "\(path) is not a usable manifest: \(reason)."
    case .badRun(let path, let reason): "\(path): \(reason)."
    case .badWeights(let path, let reason): "The weights \(path) do not fit: \(reason)."
    case .unwritable(let path, let reason): "\(path) could not be written: \(reason)."
    case .notFinite(let tensor, let step, let batch, let checkpoint):
      "Training stopped at step \(step): \(tensor) is not finite (batch: \(batch)). "
        + (checkpoint.map { "The last good checkpoint is \($0); " } ?? "")
        + "lower the learning rate or the weight of the steepest loss."
    }
  }
}
