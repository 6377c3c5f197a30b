import Tokenization
import TokenizerEngine

extension AppModel {
  /// Results beyond these are forgotten, the oldest first.
  static let keptResults = 24
  /// How many seeds a gallery has.
  static let gallerySeeds = 4

  // MARK: - Asking

  /// Makes what is chosen anew, as often as there are seeds.
  mutating func generate(seeds: Int = 1) -> [Effect] {
    guard let summary = clip.summary else {
      return refuse("No clip is open; open one with :open PATH.")
    }
    guard let model else { return loadModelIfNeeded() + sayLoading() }
    var request = generate.request(summary, levelCount: model.strides.count)
    guard !request.prompt.isEmpty else {
      say("First the sentence: what should this part show?")
      generate.prompt.isTyping = true
      return []
    }
    let fault =
      request.region.problem(
        frames: summary.frameCount, width: summary.width, height: summary.height,
        levelCount: model.strides.count) ?? request.settings.problem
    if let fault { return refuse("This cannot be made anew: \(fault).") }
    remember(request.prompt)
    var effects: [Effect] = []
    var first: JobID?
    for _ in 0..<seeds {
      // What was made or waits with the very same numbers is not made twice.
      let known = generate.results.first { $0.request == request && !$0.hasFailed && !isStale($0) }
      if let known {
        first = first ?? known.id
        if seeds == 1 { say("That is result \(known.number): d takes another seed.") }
      } else {
        // What failed before is tried again in its place.
        generate.results.removeAll { $0.request == request && $0.hasFailed }
        let id = begin(.regenerating)
        first = first ?? id
        generate.results.append(
          Regeneration(
            id: id, number: generate.nextNumber, request: request, base: generate.accepted))
        generate.nextNumber += 1
        effects.append(.submit(.regenerate(request, clip: summary.request, job: id)))
      }
      request.settings.seed &+= 1
    }
    generate.shown = first
    // What is made is to be seen.
    if let span = request.region.span, !span.contains(clip.playhead), !clip.playback.isPlaying {
      seek(to: span.lowerBound)
    }
    forgetOldResults()
    return effects
  }

  /// Takes over all of a request and, if it has a sentence, makes it.
  package mutating func generate(like request: RegenerationRequest) -> [Effect] {
    generate.prompt.input = TextInput(request.prompt)
    generate.settings = request.settings
    generate.prior = request.prior
    generate.region.usesBox = request.region.box != nil
    if let box = request.region.box { generate.region.box = box }
    generate.region.span = request.region.span
    generate.region.levels = request.region.levels ?? generate.region.levels
    return request.prompt.isEmpty ? [] : generate()
  }

  /// Whether the working clip is another one than when the result was made.
  func isStale(_ result: Regeneration) -> Bool { result.base != generate.accepted }

  private mutating func sayLoading() -> [Effect] {
    say(modelFault ?? "The model is still loading.", isError: modelFault != nil)
    return []
  }

  private mutating func remember(_ prompt: String) {
    generate.prompt.history.removeAll { $0 == prompt }
    generate.prompt.history.insert(prompt, at: 0)
    generate.prompt.history = Array(generate.prompt.history.prefix(PromptLine.keptSentences))
    generate.prompt.place = nil
  }

  private mutating func forgetOldResults() {
    while generate.results.count > Self.keptResults,
      let index = generate.results.firstIndex(where: {
        !$0.isLive && $0.id != generate.shown && !generate.accepted.contains($0.id)
      })
    {
      generate.results.remove(at: index)
    }
  }

  /// Of another clip nothing is left but the sentence and the settings.
  mutating func forgetResults() {
    generate.results = []
    generate.shown = nil
    generate.nextNumber = 1
    generate.firstJob = nextJob
    forgetChanges()
  }

  /// The working tokens are those of the tokenizer again.
  mutating func forgetChanges() {
    (generate.undo, generate.redo) = (0, 0)
    generate.accepted = []
    generate.workingJob = nil
    generate.accepting = nil
  }

  // MARK: - Hearing

  /// Takes in how a result comes along.
  mutating func happened(generating event: EngineEvent) {
    switch event {
    case .regenerating(let progress, let job):
      let accepted = generate.accepted
      change(job) {
        if $0.state == .waiting { $0.base = accepted }
        $0.state = .running(progress)
      }
      guard let index = jobs.firstIndex(where: { $0.id == job }) else { return }
      jobs[index].progress = JobProgress(
        done: progress.settled, total: progress.total, framesPerSecond: 0)
    case .regenerated(let first, let frames, let slices, let isFinal, let job):
      let playhead = clip.playhead
      change(job) {
        if isFinal { $0.span = first..<first + frames.count }
        $0.frames.insert(frames, first: first, near: playhead)
        $0.keep(slices)
      }
    case .regenerationReport(let report, let job):
      change(job) { $0.report = report }
    case .working(let undo, let redo, let job):
      guard isOfThisClip(job) else { return }
      acceptEnded(job)
      if undo > generate.accepted.count {
        generate.accepted.append(job)
      } else {
        generate.accepted.removeLast(generate.accepted.count - max(0, undo))
      }
      workingTokensMoved(isBack: undo < generate.undo, job: job)
      (generate.undo, generate.redo) = (undo, redo)
      generate.workingJob = job
      pendingRedraw = nil
      clip.muted = MutedFrames()
    default: break
    }
  }

  /// The frames of accepted tokens will not come: something else was more urgent.
  mutating func workingFramesWereDropped() {
    clip.reconstructions.removeAll()
    pendingRedraw = nil
  }

  /// Whether an accepted result or an edit concerns the clip at hand, and not the one before.
  private func isOfThisClip(_ job: JobID) -> Bool { job.number >= generate.firstJob }

  /// Whether tokens and frames of the job take the place of what is known.
  func replaces(_ job: JobID) -> Bool { job == generate.workingJob }

  /// The engine has answered; only then it may be asked again.
  mutating func acceptEnded(_ job: JobID) {
    if generate.accepting == job { generate.accepting = nil }
  }

  private mutating func change(_ job: JobID, _ body: (inout Regeneration) -> Void) {
    guard owns(job), let index = generate.results.firstIndex(where: { $0.id == job }) else {
      return
    }
    body(&generate.results[index])
  }

  mutating func regenerationEnded(_ job: JobID) {
    guard let index = generate.results.firstIndex(where: { $0.id == job }) else { return }
    generate.results[index].state = .finished
    let result = generate.results[index]
    if let words = result.report?.unknownWords, !words.isEmpty {
      let text = ResultText.unknown(words)
      say(text.prefix(1).uppercased() + text.dropFirst())
    } else if view == .generate {
      say("Result \(result.number) is done: v compares, a accepts, e exports.")
    } else {
      say("Result \(result.number) is done; 5 shows it.")
    }
  }

  /// Nothing of it is left.
  mutating func regenerationCancelled(_ job: JobID) {
    guard let index = generate.results.firstIndex(where: { $0.id == job }) else { return }
    let number = generate.results[index].number
    generate.results.remove(at: index)
    if generate.shown == job {
      let near = min(index, generate.results.count - 1)
      generate.shown = near >= 0 ? generate.results[near].id : nil
    }
    say("Result \(number) is cancelled.")
  }

  mutating func regenerationFailed(_ job: JobID, reason: String) {
    guard let index = generate.results.firstIndex(where: { $0.id == job }) else { return }
    generate.results[index].state = .failed(reason)
  }

  // MARK: - Results

  mutating func showResult(by offset: Int) {
    let results = generate.results
    guard !results.isEmpty else {
      say("No results yet: r writes a sentence.")
      return
    }
    let index = results.firstIndex { $0.id == generate.shown } ?? 0
    generate.shown = results[min(max(0, index + offset), results.count - 1)].id
  }

  mutating func acceptResult() -> [Effect] {
    guard let result = generate.result else {
      say("There is no result to accept.")
      return []
    }
    guard result.state == .finished else {
      say("Result \(result.number) is not done.")
      return []
    }
    guard generate.accepted.last != result.id, generate.accepting != result.id else {
      say("Result \(result.number) is the clip already; u takes it back.")
      return []
    }
    say("Result \(result.number) is the clip now; u takes it back.")
    generate.accepting = result.id
    return [.submit(.accept(result.id))]
  }

  mutating func undoAccept(back: Bool) -> [Effect] {
    guard (back ? generate.undo : generate.redo) > 0 else {
      say(back ? "Nothing was changed that could be taken back." : "Nothing was taken back.")
      return []
    }
    if jobs.contains(where: { $0.kind == .tokenizing }) {
      return refuse(EditError.busy.description)
    }
    say(back ? "Taken back; ctrl-r gives it again." : "Given again; u takes it back.")
    return [.submit(back ? .undoAccept : .redoAccept)]
  }

  mutating func forgetResult() -> [Effect] {
    guard let result = generate.result else {
      say("There is no result to forget.")
      return []
    }
    guard !result.isLive else { return [.submit(.cancel(result.id))] }
    guard let index = generate.results.firstIndex(where: { $0.id == result.id }) else { return [] }
    generate.results.remove(at: index)
    let near = min(index, generate.results.count - 1)
    generate.shown = near >= 0 ? generate.results[near].id : nil
    return []
  }

  /// Writes the shown result, or the clip as it is now where none is done.
  mutating func export(to path: String) -> [Effect] {
    guard !path.isEmpty else {
      return refuse("export wants a path, such as new.mkv or new.safetensors.")
    }
    let done = generate.result.flatMap { $0.state == .finished ? $0.id : nil }
    return write(result: done, to: path)
  }

  /// Writes a result, or the clip as it is now, as tokens or as a clip.
  mutating func write(result: JobID?, to path: String) -> [Effect] {
    guard result != nil || tokens.pyramid?.isWhole == true else {
      return refuse("There is nothing to write yet: not all tokens are found.")
    }
    let job = begin(.exporting, subject: path)
    return [.submit(.export(result: result, path: path, job: job))]
  }

  // MARK: - Blinking

  /// The other picture, when its time has come.
  mutating func advanceBlink() {
    guard view == .generate, generate.comparison == .blink, generate.result != nil else {
      generate.blink.until = nil
      return
    }
    guard let until = generate.blink.until else {
      generate.blink.until = clock + Blink.seconds
      return
    }
    guard clock >= until else { return }
    generate.blink.showsResult.toggle()
    generate.blink.until = clock + Blink.seconds
  }
}
