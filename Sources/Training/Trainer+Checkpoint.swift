import Layers
import Tensors
import Tokenization

extension Trainer {
  /// Saves the run as it is and returns the checkpoint's path; weights that are not finite are never
  /// saved over good ones.
  func save() throws -> String {
    let step = position.step
    let weights = parameters.map(\.variable.value)
    if let bad = zip(parameters, weights).first(where: { !$1.isFinite })?.0 {
      throw stopped("the weight \(bad.name)", step: step, "the one before")
    }
    let kinds = [
      ("weight", weights), ("average", average.values), ("first", optimizer.firstMoments),
      ("second", optimizer.secondMoments),
    ]
    let pairs = kinds.flatMap { TrainingCheckpoint.stored($0.0, parameters, $0.1) }
    let state = TrainingCheckpoint.State(
      step: step, optimizerStep: optimizer.step, feed: position, best: best, seconds: seconds)
    let tensors = Dictionary(uniqueKeysWithValues: pairs).merging(task.memory) { own, _ in own }
    try TrainingCheckpoint(state: state, tensors: tensors).save(
      in: folder,
      writeModel: { directory in try average.whileInUse { try task.write(to: directory) } }
    )
    TrainingCheckpoint.prune(in: folder, best: best?.step)
    lastSaved = step
    return folder.checkpointPath(step: step)
  }

  func restore(_ checkpoint: TrainingCheckpoint) throws {
    let path = folder.checkpointPath(step: checkpoint.state.step)
    let weights = try checkpoint.arrays("weight", parameters, path: path)
    for (parameter, value) in zip(parameters, weights) { parameter.variable.value = value }
    average.values = try checkpoint.arrays("average", parameters, path: path)
    optimizer.firstMoments = try checkpoint.arrays("first", parameters, path: path)
    optimizer.secondMoments = try checkpoint.arrays("second", parameters, path: path)
    task.memory = checkpoint.tensors
    optimizer.step = checkpoint.state.optimizerStep
    position = checkpoint.state.feed
    best = checkpoint.state.best
    seconds = checkpoint.state.seconds
    lastSaved = checkpoint.state.step
  }
}
