import Tokenization

// What cannot work, found before anything is trained.
extension TrainingPlan {
  /// What makes the plan impossible, or nil.
  var problem: String? {
    guard format == Self.currentFormat else {
      return "its format is “\(format)”, and only “\(Self.currentFormat)” is known"
    }
    if let problem = model.problem { return "in model, \(problem)" }
    guard !stages.isEmpty else { return "it has no stages" }
    guard checkpoint.every > 0, validation.every > 0, validation.clips > 0, histograms.every > 0
    else {
      return "the steps between checkpoints, validations and histograms and the clips must be at "
        + "least 1"
    }
    guard validation.previews >= 0 else { return "validation.previews is negative" }
    guard textEncoder == nil || vocabulary == nil else {
      return "vocabulary and text_encoder contradict each other: a frozen encoder has its own"
    }
    if let problem = data.problem { return "data.\(problem)" }
    // What a prior's tokenizer can take is known when that has been read.
    if prior == nil, let problem = shapeProblem(model.geometry) { return problem }
    if let problem = objectiveProblem { return problem }
    for (index, stage) in stages.enumerated() {
      if let problem = stage.problem ?? batchProblem(in: stage) ?? missingPart(of: stage) {
        return "in stages.\(index), \(problem)"
      }
    }
    return nil
  }

  private var objectiveProblem: String? {
    let parts = [
      ("autoregressive", autoregressive?.problem), ("perceptual", perceptual?.problem),
      ("drift", drift?.problem), ("corruption", corruption?.problem),
      ("adapters", adapters?.problem), ("prior", prior?.problem),
    ]
    for case (let name, let problem?) in parts { return "in \(name), \(problem)" }
    return nil
  }

  /// A term that is weighted but whose part of the objective the plan lacks.
  private func missingPart(of stage: StagePlan) -> String? {
    let isAboutPrior = stage.losses.filter { $0.value > 0 }.map {
      $0.key == LossTerm.masked.rawValue
    }
    guard isAboutPrior.allSatisfy({ $0 == (prior != nil) }) else {
      return prior == nil
        ? "losses.masked needs the field “prior” of the plan"
        : "a prior learns by losses.masked alone"
    }
    let least = ProceduralWorld.smallestEdit
    if prior?.edits ?? 0 > 0, stage.batch.contains(where: { $0.size < least }) {
      return "the prior's edits need clips of \(least) pixels and more"
    }
    let isThere: [(term: LossTerm, Bool)] = [
      (.autoregressive, autoregressive != nil), (.perceptual, perceptual != nil),
      (.drift, drift != nil),
    ]
    for (term, isThere) in isThere where !isThere && stage.losses[term.rawValue] ?? 0 > 0 {
      return "losses.\(term.rawValue) needs the field “\(term.rawValue)” of the plan"
    }
    return nil
  }

  private func batchProblem(in stage: StagePlan) -> String? {
    guard !stage.batch.isEmpty, stage.batch.contains(where: { $0.share > 0 }) else {
      return "batch needs a shape with a share above 0"
    }
    for batch in stage.batch {
      guard batch.clips > 0, batch.share >= 0, batch.share.isFinite else {
        return "a batch needs at least 1 clip and a share that is not negative"
      }
    }
    return nil
  }

  /// Which shape of the plan's clips a tokenizer cannot take, or nil.
  func shapeProblem(_ geometry: TokenGeometry) -> String? {
    if let problem = geometry.problem(frames: validation.frames, size: validation.size) {
      return "in validation, \(problem)"
    }
    for (index, stage) in stages.enumerated() {
      for batch in stage.batch {
        if let problem = geometry.problem(frames: batch.frames, size: batch.size) {
          return "in stages.\(index), \(problem)"
        }
      }
    }
    return nil
  }
}

extension TokenGeometry {
  /// What a tokenizer cannot take of a clip's shape, or nil.
  func problem(frames: Int, size: Int) -> String? {
    let coarsest = coarsest
    guard frames > 0, (frames - 1).isMultiple(of: coarsest[0]) else {
      return "\(frames) frames are not 1 more than a multiple of \(coarsest[0])"
    }
    guard size > 0, size.isMultiple(of: coarsest[1]), size.isMultiple(of: coarsest[2]) else {
      return "the size \(size) is not a multiple of \(max(coarsest[1], coarsest[2]))"
    }
    return nil
  }
}

extension TrainingPlan.DataPlan {
  /// Starts with the name of the field.
  fileprivate var problem: String? {
    if let clips, clips < 1 { return "clips must be at least 1" }
    if manifest != nil, clips != nil {
      return "clips contradicts manifest: the first limits the procedural world, the second "
        + "replaces it"
    }
    if let flip, !(0...1).contains(flip) { return "flip is not in 0…1" }
    if let crop, !(crop > 0 && crop <= 1) { return "crop is not above 0 and at most 1" }
    if manifest == nil, flip ?? 0 > 0 || crop ?? 1 < 1 {
      return "\(flip ?? 0 > 0 ? "flip" : "crop") needs a manifest: the procedural world is not "
        + "augmented"
    }
    return nil
  }
}

extension TrainingPlan.StagePlan {
  fileprivate var problem: String? {
    guard steps > 0 else { return "steps must be at least 1" }
    guard accumulate > 0 else { return "accumulate must be at least 1" }
    if let problem = data?.problem { return "data.\(problem)" }
    let terms = losses.merging(finalLosses ?? [:]) { max($0, $1) }
    guard !losses.isEmpty, terms.values.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
      return "losses needs terms with weights that are not negative"
    }
    if let extra = finalLosses?.keys.sorted().first(where: { losses[$0] == nil }) {
      return "final_losses.\(extra) contradicts losses, which has no \(extra) to start from"
    }
    guard (0...1).contains(captionDropout) else { return "caption_dropout is not in 0…1" }
    if quantizer == .identity, !straightThrough {
      return "straight_through contradicts quantizer: identity has no sign to pass"
    }
    if let trainable, trainable.isEmpty { return "trainable is empty: nothing would learn" }
    return optimizer.problem
  }
}

extension TrainingPlan.OptimizerPlan {
  fileprivate var problem: String? {
    guard learningRate > 0, learningRate.isFinite, clipNorm > 0, (0..<1).contains(beta1),
      (0..<1).contains(beta2), (0..<1).contains(averageDecay), (0...1).contains(floor),
      weightDecay >= 0, weightDecay.isFinite
    else {
      return "a number of the optimizer is out of its range"
    }
    guard warmUpSteps >= 0 else { return "optimizer.warm_up_steps is negative" }
    return nil
  }
}
