import TokenizerEngine
import VideoIO

extension AppModel {
  /// Takes in what the engine says; events of jobs that are no longer ours change nothing.
  mutating func happened(_ event: EngineEvent) -> [Effect] {
    switch event {
    case .modelLoaded(let summary, let job):
      guard owns(job) else { return [] }
      model = summary
      modelFault = nil
      return checkIndex() + tokenizeIfReady()
    case .clipOpened(let summary, let job):
      guard owns(job), summary.request == request else { return [] }
      jobs.removeAll { $0.id == job }
      clip.summary = summary
      fitRegion(to: summary)
      if let line = summary.info.notices.first { say(line) }
      let effects = tokenizeIfReady()
      goToPendingPlace()
      return effects
    case .picture(let index, let frame, let job):
      guard clip.job == job else { return [] }
      clip.picture = ShownPicture(index: index, frame: frame)
      clip.pictureFault = nil
    case .pictureFailed(let index, let reason, let job):
      guard clip.job == job else { return [] }
      clip.pictureFault = reason
      say("Frame \(index): \(reason)", isError: true)
    case .patch(let patch, let outcome, let job): took(patch, outcome, job: job)
    case .indexOpened, .indexUsage, .found: return happened(index: event)
    case .tokens(let slices, let job):
      if replaces(job) {
        tokens.pyramid?.replace(slices)
        tokens.drift = nil
        codebook.ladder = nil
        refreshGallery()
        return []
      }
      guard owns(job) else { return [] }
      tokens.pyramid?.insert(slices, near: clip.playhead)
    case .reconstructed(let first, let frames, let psnr, let mutes, let job):
      guard owns(job) || replaces(job) else { return [] }
      keep(frames, first: first, psnr: psnr, mutes: mutes)
    case .statistics(let statistics, let job):
      guard owns(job) || replaces(job) else { return [] }
      codebook.statistics = statistics
    case .findings(let findings, let job):
      guard owns(job) || replaces(job) else { return [] }
      codebook.findings = findings
    case .ladder(let ladder, let job):
      guard owns(job) else { return [] }
      codebook.ladder = ladder
    case .drift(let drift, let job):
      guard owns(job) else { return [] }
      tokens.drift = drift
    case .progress(let progress, let job):
      guard let index = jobs.firstIndex(where: { $0.id == job }) else { return [] }
      jobs[index].progress = progress
    case .regenerating, .regenerated, .regenerationReport, .working: happened(generating: event)
    case .edited(let report, let job): edited(report, job: job)
    case .bitEffect(let effect, let job): happened(effect, job: job)
    case .finished(let job):
      let entry = jobs.first { $0.id == job }
      end(job)
      if entry?.kind == .tokenizing { refreshGallery() }
      if entry?.kind == .regenerating { regenerationEnded(job) }
      if entry?.kind == .exporting { say("Written: \(entry?.subject ?? "")") }
    case .cancelled(let job): cancelled(job)
    case .failed(let job, let reason): failed(job, reason: reason)
    }
    return []
  }

  private mutating func cancelled(_ job: JobID) {
    acceptEnded(job)
    guard let entry = jobs.first(where: { $0.id == job }) else {
      if replaces(job) { workingFramesWereDropped() }
      return
    }
    end(job)
    switch entry.kind {
    case .tokenizing:
      // Another one may have taken over.
      guard !jobs.contains(where: { $0.kind == .tokenizing }) else { return }
      say("Cancelled; what was found so far stays. t goes on.")
    case .opening: say("Not opened; :open PATH opens a clip.")
    case .loadingModel: say("Cancelled; t loads the model.")
    case .redrawing, .exporting, .measuring, .comparing: say("Cancelled.")
    case .regenerating: regenerationCancelled(job)
    case .openingIndex, .searching: indexCancelled(entry)
    }
  }

  func owns(_ job: JobID) -> Bool { jobs.contains { $0.id == job } }

  private mutating func end(_ job: JobID) {
    // What could not be decoded for want of tokens can be now.
    if jobs.contains(where: { $0.id == job && $0.kind == .tokenizing }) { pendingRedraw = nil }
    jobs.removeAll { $0.id == job }
    // The request stays noted, so that frames whose tokens are unknown are not asked for again.
    if pendingRedraw?.job == job,
      clip.reconstruction(of: clip.playhead, muting: tokens.mutes) != nil
    {
      pendingRedraw = nil
    }
  }

  private mutating func failed(_ job: JobID, reason: String) {
    acceptEnded(job)
    guard let entry = jobs.first(where: { $0.id == job }) else {
      // It was to be accepted, taken back or given again, and is done itself.
      let isAccepted = generate.results.contains { $0.id == job }
      if !editFailed(job, reason: reason), isAccepted || tokens.editing.names[job] != nil {
        say(reason, isError: true)
      }
      return
    }
    end(job)
    switch entry.kind {
    case .loadingModel:
      modelFault = reason
      say(reason, isError: true)
    case .opening:
      openingFault = reason
      say(reason, isError: true)
    case .regenerating:
      regenerationFailed(job, reason: reason)
      say(reason, isError: true)
    case .openingIndex, .searching: indexFailed(entry, reason: reason)
    case .tokenizing, .redrawing, .exporting, .measuring, .comparing: say(reason, isError: true)
    }
  }

  private mutating func keep(_ frames: [Frame], first: Int, psnr: [Double], mutes: Mutes) {
    if mutes.isEmpty {
      clip.reconstructions.insert(frames, first: first, near: clip.playhead)
      for (index, value) in zip(first..., psnr) { clip.quality[index] = value }
    } else if mutes == tokens.mutes {
      if clip.muted.mutes != mutes {
        clip.muted = MutedFrames()
        clip.muted.mutes = mutes
      }
      clip.muted.frames.insert(frames, first: first, near: clip.playhead)
    }
    // Playing past what was asked for needs a new request.
    if let pending = pendingRedraw, first + frames.count >= pending.frame + 48 {
      pendingRedraw = nil
    }
  }

  private mutating func tokenizeIfReady() -> [Effect] {
    guard model != nil, clip.summary != nil, tokens.pyramid == nil else { return [] }
    let effects = tokenize()
    // The middle is where there is something to see.
    if let grid = tokens.pyramid?[level: tokens.level] {
      tokens.row = grid.rows / 2
      tokens.column = grid.columns / 2
    }
    return effects
  }

  /// Finds what is not known yet, from the playhead on; everything anew with another caption.
  mutating func tokenize() -> [Effect] {
    guard let summary = clip.summary else {
      say("No clip is open; :open PATH opens one.")
      return []
    }
    guard let model else { return loadModelAgain() }
    guard let pyramid = tokens.pyramid, tokens.caption == caption else {
      return tokenizeAnew(summary, model)
    }
    let hasMargins = pyramid.hasMargins(frame: clip.playhead)
    guard !pyramid.isWhole || !hasMargins || clip.quality.count < summary.frameCount else {
      say("Every token of this clip is known.")
      return []
    }
    // A job that runs is replaced by the engine, and what it found until then still comes in.
    let job = begin(.tokenizing)
    let request = TokenizingRequest(
      summary.request, from: clip.playhead, caption: caption, isContinued: true,
      wantsMargins: pyramid.isKnown(frame: clip.playhead) && !hasMargins)
    return [.submit(.tokenize(request, job: job))]
  }

  private mutating func tokenizeAnew(_ summary: ClipSummary, _ model: ModelSummary) -> [Effect] {
    let stale = jobs.filter { $0.kind == .tokenizing || $0.kind == .redrawing }
    jobs.removeAll { job in stale.contains { $0.id == job.id } }
    tokens.pyramid = TokenPyramid(
      model: model, frames: summary.frameCount, width: summary.width, height: summary.height)
    tokens.caption = caption
    tokens.drift = nil
    tokens.editing = tokens.editing.carriedOver
    forgetChanges()
    clip.reconstructions.removeAll()
    clip.muted = MutedFrames()
    clip.quality = [:]
    codebook.statistics = []
    codebook.findings = nil
    codebook.ladder = nil
    pendingRedraw = nil
    let job = begin(.tokenizing)
    let request = TokenizingRequest(summary.request, from: clip.playhead, caption: caption)
    return stale.map { .submit(.cancel($0.id)) } + [.submit(.tokenize(request, job: job))]
  }

  /// Where a run was opened and not a clip, nobody has asked for the model yet.
  mutating func loadModelIfNeeded() -> [Effect] {
    let isLoading = jobs.contains { $0.kind == .loadingModel }
    return model == nil && modelFault == nil && !isLoading ? loadModelAgain() : []
  }

  /// Somebody cancelled it, or its fault may be gone.
  private mutating func loadModelAgain() -> [Effect] {
    guard !jobs.contains(where: { $0.kind == .loadingModel }) else {
      say("The model is still loading; its tokens come by themselves.")
      return []
    }
    let job = begin(.loadingModel)
    return [.submit(.loadModel(path: modelPath, job: job))]
  }
}
