import Tokenization

/// Accepted regenerations and edits in their order, with the way back.
package struct AcceptedSteps {
  package struct Step {
    let job: JobID
    let before: [TokenSlice]
    let after: [TokenSlice]
    let frames: Range<Int>
  }

  package private(set) var undo: [Step] = []
  package private(set) var redo: [Step] = []

  mutating func add(_ step: Step) {
    undo.append(step)
    redo = []
  }

  /// The last one that still counts.
  mutating func takeBack() -> Step? {
    guard let step = undo.popLast() else { return nil }
    redo.append(step)
    return step
  }

  mutating func takeAgain() -> Step? {
    guard let step = redo.popLast() else { return nil }
    undo.append(step)
    return step
  }
}

/// Working tokens that have just changed.
package struct WorkingChange {
  package let job: JobID
  package let slices: [TokenSlice]
  /// Those that look different now.
  package let frames: Range<Int>
}

extension Session {
  /// Everything about a regeneration of the open clip, from its working tokens.
  package func regenerating(
    _ request: RegenerationRequest, shouldStop: @escaping () -> Bool
  ) throws -> RegeneratingJob {
    let codec = try loadedCodec()
    // Before minutes of tokenizing.
    let prior = try loadedPrior(request.prior)
    try prior.check(codec.summary)
    return RegeneratingJob(
      session: self, codec: codec, prior: prior, request: request,
      tokenizing: try tokenizingTheRest(), shouldStop: shouldStop)
  }

  /// The tokens that are known of the open clip, accepted ones in their places.
  func workingTokens() throws -> ClipTokens {
    guard let clip, let codec, let pyramid, pyramid.isWhole else { throw EngineError.noClip }
    return ClipTokens(
      grids: pyramid.levels.map { level in
        TokenGrid(
          level: level.level, t: level.steps, h: level.rows, w: level.columns,
          codes: (0..<level.steps).flatMap { level.codes(ofStep: $0) ?? [] })
      }, clip: clip.summary, caption: caption, model: codec.summary)
  }

  /// Puts the new tokens, and no others, into the working ones.
  package func accept(_ result: RegeneratedClip, job: JobID) throws -> WorkingChange {
    let working = try workingTokens()
    guard working.clip == result.after.clip, working.modelSHA256 == result.after.modelSHA256,
      working.grids.map(\.shape) == result.after.grids.map(\.shape)
    else { throw RegenerationError.otherClip }
    var after = working
    for (level, open) in result.open.enumerated() {
      for index in open.indices where open[index] {
        after.grids[level].codes[index] = result.after.grids[level].codes[index]
      }
    }
    let step = AcceptedSteps.Step(
      job: job, before: result.slices(of: working), after: result.slices(of: after),
      frames: result.frames(reach: codec?.summary.decoderReach ?? 0))
    return perform(step)
  }

  func perform(_ step: AcceptedSteps.Step) -> WorkingChange {
    acceptedSteps.add(step)
    return change(step.after, step)
  }

  package func undoAccept() -> WorkingChange? {
    acceptedSteps.takeBack().map { change($0.before, $0) }
  }

  package func redoAccept() -> WorkingChange? {
    acceptedSteps.takeAgain().map { change($0.after, $0) }
  }

  private func change(_ slices: [TokenSlice], _ step: AcceptedSteps.Step) -> WorkingChange {
    replace(slices)
    pictures()?.invalidate(step.frames)
    return WorkingChange(job: step.job, slices: slices, frames: step.frames)
  }
}
