import TokenizerEngine

extension AppModel {
  /// The one place where anything changes; no clock, no files, no chance.
  package mutating func update(_ message: Message) -> [Effect] {
    var effects: [Effect] = []
    switch message {
    case .key(let key): effects = pressed(key)
    case .resized(let size): self.size = size
    case .engine(let event): effects = happened(event)
    case .run(let event): effects = happened(event)
    case .clock(let seconds): effects = advance(to: seconds)
    case .presented(let figures): presenter = figures
    case .theme(let name): effects = follow(theme: name)
    case .notice(let text, let isError): say(text, isError: isError)
    case .freeName(let name, let taken): propose(name, insteadOf: taken)
    }
    advanceBlink()
    return effects + wants() + wantsRuns()
  }

  /// What is to be done first: the clip opens while the model loads.
  package mutating func start(_ request: ClipRequest?, model: String?, caption: String?)
    -> [Effect]
  {
    modelPath = model
    self.caption = caption
    var effects: [Effect] = []
    if let request { effects += open(request) }
    let job = begin(.loadingModel)
    return effects + [.submit(.loadModel(path: model, job: job))]
  }

  /// When something must happen without a key: a frame of the playing clip, a notice that goes.
  package var nextDeadline: Double? {
    var deadline = [notice?.until, train.nextLook, generate.blink.until].compactMap(\.self).min()
    if clip.playback.isPlaying, clip.frameCount > 1 {
      let next = clip.playhead + 1
      let time = next <= clip.playedRange.upperBound ? clip.time(of: next) : endOfPlayedRange
      let clock = clip.playback.clock(at: time)
      deadline = min(deadline ?? clock, clock)
    }
    return deadline
  }

  var endOfPlayedRange: Double {
    let last = clip.playedRange.upperBound
    return last < clip.lastFrame ? clip.time(of: last + 1) : clip.duration
  }

  mutating func say(_ text: String, isError: Bool = false) {
    notice = Notice(text: text, isError: isError, until: isError ? nil : clock + 4)
  }

  /// Without a word about it: nobody asked.
  private mutating func follow(theme name: String) -> [Effect] {
    guard look.themes.contains(name) else { return [] }
    look.theme = name
    return [.theme(name)]
  }

  mutating func begin(_ kind: Job.Kind, subject: String? = nil) -> JobID {
    let id = JobID(nextJob)
    nextJob += 1
    jobs.append(Job(id: id, kind: kind, subject: subject))
    return id
  }

  mutating func open(_ request: ClipRequest) -> [Effect] {
    let closing = closeGallery()
    self.request = request
    clip = ClipModel()
    let (level, editing) = (tokens.level, tokens.editing)
    tokens = TokensModel()
    tokens.level = level
    tokens.editing = editing.carriedOver
    codebook.statistics = []
    codebook.findings = nil
    codebook.ladder = nil
    forgetResults()
    askedFrame = nil
    pendingRedraw = nil
    pendingPlace = nil
    let kept: [Job.Kind] = [.loadingModel, .openingIndex, .searching]
    let stale = jobs.filter { !kept.contains($0.kind) }
    jobs.removeAll { !kept.contains($0.kind) }
    let job = begin(.opening, subject: request.name)
    clip.job = job
    return closing + stale.map { .submit(.cancel($0.id)) } + [.submit(.open(request, job: job))]
  }

  /// Moves the playhead by the clock and lets an old notice go.
  private mutating func advance(to seconds: Double) -> [Effect] {
    clock = seconds
    if let until = notice?.until, until <= clock { notice = nil }
    guard clip.playback.isPlaying, clip.frameCount > 0 else { return [] }
    let time = clip.playback.time(at: clock)
    let range = clip.playedRange
    if time + 1e-9 >= endOfPlayedRange || time < clip.time(of: range.lowerBound) - 1e-9 {
      clip.playhead = range.lowerBound
      clip.playback.play(from: clip.time(of: range.lowerBound), clock: clock)
    } else {
      clip.playhead = clip.frame(at: time)
    }
    return []
  }

  /// What the screen lacks now: the picture at the playhead, and its reconstruction.
  private mutating func wants() -> [Effect] {
    guard clip.summary != nil, let job = clip.job else { return [] }
    var effects: [Effect] = []
    if askedFrame != clip.playhead {
      askedFrame = clip.playhead
      effects.append(
        .submit(
          .show(frame: clip.playhead, ahead: clip.playback.isPlaying ? 12 : 2, clip: job)))
    }
    return effects + wantsReconstruction() + wantsForEditing() + wantsPatches()
  }

  private mutating func wantsReconstruction() -> [Effect] {
    let frame = clip.playhead
    guard let pyramid = tokens.pyramid, pyramid.isKnown(frame: frame),
      clip.reconstruction(of: frame, muting: tokens.mutes) == nil
    else { return [] }
    if let pending = pendingRedraw, pending.mutes == tokens.mutes,
      (pending.frame..<pending.frame + 48).contains(frame)
    {
      return []
    }
    // While the clip is being tokenized its first decoding arrives by itself, in order.
    let isPassed = clip.quality[min(frame + 8, clip.lastFrame)] != nil
    if tokens.mutes.isEmpty, clip.quality[frame] == nil, !isPassed,
      jobs.contains(where: { $0.kind == .tokenizing })
    {
      return []
    }
    jobs.removeAll { $0.kind == .redrawing }
    let job = begin(.redrawing)
    pendingRedraw = PendingRedraw(job: job, frame: frame, mutes: tokens.mutes)
    return [.submit(.redraw(frame: frame, muting: tokens.mutes, job: job))]
  }
}
