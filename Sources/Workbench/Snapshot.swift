import TokenizerEngine

/// What a snapshot shows.
package struct SnapshotOptions: Sendable {
  package var view: ViewName
  package var request: ClipRequest?
  /// What the Train screen shows.
  package var run: String?
  package var model: String?
  package var caption: String?
  /// What the Generate screen makes first.
  package var regeneration: RegenerationRequest?
  package var prior: String?
  /// The index that is opened beside the clip.
  package var db: String?
  package var size: Size
  package var theme: String?
  /// What alerts are judged by.
  package var thresholds = CodebookThresholds()
  /// Whether only the characters are wanted: pictures are dots then, tokens letters.
  package var isPlainText = false
  package var steps: [ScriptStep] = []

  package init(view: ViewName, request: ClipRequest?, size: Size) {
    self.view = view
    self.request = request
    self.size = size
  }
}

/// The workbench without a terminal: every command is carried out at once, in order.
package final class Snapshot {
  /// Of a long clip whose frames are not counted out, so much is tokenized.
  package static let framesOfLongClips = 17
  package static let mostFramesTakenWhole = 48

  private let session: Session
  private let options: SnapshotOptions
  private var model: AppModel
  private var clock = 0.0
  private var results: [JobID: RegeneratedClip] = [:]
  private var runs: Set<String> = []
  private var corpus: CorpusIndex?

  private init(
    _ options: SnapshotOptions, loadCodec: @escaping (String?) throws -> any ClipCodec
  ) {
    self.options = options
    session = Session(loadCodec: loadCodec)
    session.thresholds = options.thresholds
    model = AppModel(size: options.size)
    model.view = options.view
    model.generate.prior = options.prior
  }

  /// Throws what keeps the view from being shown: the clip, or for token views the model.
  package static func screen(
    _ options: SnapshotOptions, loadCodec: @escaping (String?) throws -> any ClipCodec
  ) throws -> (screen: Screen, theme: Theme, notices: [String]) {
    let snapshot = Snapshot(options, loadCodec: loadCodec)
    let theme = try options.theme.map { try ThemeLibrary().load($0) } ?? .dark
    snapshot.model.look.theme = theme.name
    snapshot.model.look.isMonochrome = options.isPlainText
    snapshot.model.look.themes = Looks.themeNames
    try snapshot.run()
    let shown = Looks.theme(named: snapshot.model.look.theme) ?? theme
    return (
      AppView(
        model: snapshot.model,
        context: DrawingContext(
          theme: shown, symbols: snapshot.model.look.symbols,
          depth: options.isPlainText ? .none : .truecolor)
      ).screen(), shown, snapshot.session.clip?.notices ?? []
    )
  }

  private func run() throws {
    // Faults of the clip or the model end it here, and not as a line on a screen.
    if let run = options.run {
      try read(run)
    } else if let request = options.request {
      try session.open(request)
      do {
        try session.loadModel(options.model)
      } catch {
        guard options.view == .clip else { throw error }
      }
      perform(model.start(request, model: options.model, caption: options.caption))
    }
    if let db = options.db {
      let fault = model.notice
      perform(model.openIndex(db))
      if model.index == nil, let notice = model.notice, notice != fault {
        throw SnapshotFault(description: notice.text)
      }
    }
    if let request = options.regeneration { perform(model.generate(like: request)) }
    for step in options.steps {
      switch step {
      case .key(let key): perform(model.update(.key(key)))
      case .wait(let seconds):
        clock += seconds
        perform(model.update(.clock(clock)))
      }
    }
    model.notice = model.notice?.isError == true ? model.notice : nil
  }

  private func perform(_ effects: [Effect]) {
    for effect in effects {
      switch effect {
      case .submit(let command): perform(command)
      case .run(.follow(let paths)):
        for path in paths where !runs.contains(path) { try? read(path) }
      default: break
      }
    }
  }

  /// All of a run that there is now.
  private func read(_ path: String) throws {
    var run = try FollowedRun(path: path, thresholds: options.thresholds)
    runs.insert(path)
    if model.train.runs.isEmpty {
      perform(model.watch(path))
      model.train.isListed = true
    }
    while run.look({ perform(model.update(.run($0))) }) {}
  }

  private func tell(_ event: EngineEvent) { perform(model.update(.engine(event))) }

  private func perform(_ command: EngineCommand) {
    switch command {
    case .loadModel(_, let job):
      if let codec = session.codec {
        tell(.modelLoaded(codec.summary, job: job))
        tell(.finished(job))
      } else {
        attempt(job) { try session.loadModel(options.model) }
      }
    case .open(let request, let job):
      attempt(job) { tell(.clipOpened(try session.open(request), job: job)) }
    case .show(let frame, _, let job):
      guard let clip = session.clip else { return }
      do { tell(.picture(index: frame, try clip.frame(frame), clip: job)) } catch {
        tell(.pictureFailed(index: frame, reason: "\(error)", clip: job))
      }
    case .cut(let patches, let job):
      for (patch, outcome) in session.cut(patches) { tell(.patch(patch, outcome, job: job)) }
    case .openIndex(let path, let job):
      corpus?.close()
      corpus = nil
      guard let path else { break }
      attempt(job) {
        let index = try CorpusIndex(reading: path)
        corpus = index
        tell(.indexOpened(try index.summary(), job: job))
        // One of another model is closed again at once.
        if corpus === index { tell(.indexUsage(try index.levelUsage(), job: job)) }
      }
    case .findPlaces(let pattern, let limit, let job):
      find(CorpusQuery(words: "\(pattern)", target: .pattern(pattern)), limit, job)
    case .search(let words, let limit, let job):
      attempt(job) { find(try session.corpusQuery(words), limit, job) }
    case .tokenize(let request, let job):
      attempt(job) {
        try session.open(request.clip)
        let work = try session.tokenizing(
          from: request.from, caption: request.caption, isContinued: request.isContinued,
          wantsMargins: request.wantsMargins)
        let isLong = session.clip.map { $0.summary.frameCount > Self.mostFramesTakenWhole } ?? false
        let limit = request.clip.frames == nil && isLong ? Self.framesOfLongClips : Int.max
        try drive(work, job: job, limit: limit)
        tell(.statistics(session.statistics(), job: job))
        if let findings = session.findings() { tell(.findings(findings, job: job)) }
      }
    case .redraw(let frame, let mutes, let job):
      attempt(job) {
        try drive(session.redrawing(frame: frame, muting: mutes, frames: 1), job: job, limit: .max)
      }
    case .regenerate(let request, let clip, let job):
      attempt(job) {
        try session.open(clip)
        let work = try session.regenerating(request) { false }
        try drive(work, job: job, limit: .max)
        results[job] = work.result
      }
    case .accept(let job):
      attempt(job) {
        guard let result = results[job] else { throw RegenerationError.noResult }
        try show(session.accept(result, job: job))
      }
    case .edit(let edit, let job):
      attempt(job) {
        let (report, change) = try session.edit(edit, job: job)
        tell(.edited(report, job: job))
        if let change { try show(change) }
      }
    case .explain(let position, let frame, let bit, let job):
      attempt(job) {
        try drive(
          session.explaining(position, frame: frame, first: bit), job: job, limit: .max)
      }
    case .measureLadder(let frame, let job):
      attempt(job) {
        try drive(session.measuringLadder(frame: frame), job: job, limit: .max)
      }
    case .compareTokens(let model, let job):
      attempt(job) { try drive(session.comparing(with: model), job: job, limit: .max) }
    case .ready: break
    case .undoAccept:
      if let change = session.undoAccept() { attempt(change.job) { try show(change) } }
    case .redoAccept:
      if let change = session.redoAccept() { attempt(change.job) { try show(change) } }
    case .export(_, _, let job): tell(.failed(job, reason: "A snapshot writes no other files."))
    case .cancel: break
    }
  }

  private func find(_ query: CorpusQuery, _ limit: Int, _ job: JobID) {
    attempt(job) {
      guard let corpus else { throw CorpusError.notOpen }
      tell(.found(try corpus.find(query, limit: limit), job: job))
    }
  }

  private func show(_ change: WorkingChange) throws {
    let steps = session.acceptedSteps
    tell(.working(undo: steps.undo.count, redo: steps.redo.count, job: change.job))
    tell(.tokens(change.slices, job: change.job))
    let playhead = model.clip.playhead
    try drive(session.decodingChanges { playhead }, job: change.job, limit: .max)
  }

  private func attempt(_ job: JobID, _ body: () throws -> Void) {
    do {
      try body()
      tell(.finished(job))
    } catch {
      tell(.failed(job, reason: "\(error)"))
    }
  }

  /// Until it is done or has decoded so many frames.
  private func drive(_ work: any SessionJob, job: JobID, limit: Int) throws {
    var decoded = 0
    while decoded < limit, let outcomes = try work.step() {
      for outcome in outcomes {
        switch outcome {
        case .tokens(let slices): tell(.tokens(slices, job: job))
        case .frames(let first, let frames, let psnr, let mutes):
          decoded += frames.count
          tell(.reconstructed(first: first, frames: frames, psnr: psnr, muting: mutes, job: job))
        case .regenerating(let progress): tell(.regenerating(progress, job: job))
        case .regenerated(let first, let frames, let tokens, let isFinal):
          tell(
            .regenerated(first: first, frames: frames, tokens: tokens, isFinal: isFinal, job: job))
        case .regenerationReport(let report): tell(.regenerationReport(report, job: job))
        case .ladder(let ladder): tell(.ladder(ladder, job: job))
        case .drift(let drift): tell(.drift(drift, job: job))
        case .bitEffect(let effect): tell(.bitEffect(effect, job: job))
        }
      }
    }
  }
}

/// What keeps a snapshot from being drawn, in one line.
private struct SnapshotFault: Error, CustomStringConvertible { let description: String }
