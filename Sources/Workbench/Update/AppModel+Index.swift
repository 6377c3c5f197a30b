import TokenizerEngine

extension AppModel {
  /// The index whose codes mean the same as those of the loaded model.
  package var corpus: CorpusSummary? {
    guard let summary = index?.summary, summary.model.sha256 == model?.sha256 else { return nil }
    return summary
  }

  /// In place of the one that is open; an empty path closes it.
  package mutating func openIndex(_ path: String) -> [Effect] {
    var effects = jobs.filter { $0.kind == .openingIndex || $0.kind == .searching }
      .map { Effect.submit(.cancel($0.id)) }
    jobs.removeAll { $0.kind == .openingIndex || $0.kind == .searching }
    codebook.search = nil
    codebook.gallery?.loseCorpus()
    let isClosed = path.isEmpty
    let wasOpen = index != nil
    let job = begin(.openingIndex)
    index = isClosed ? nil : IndexModel(path: path, job: job)
    if isClosed { jobs.removeAll { $0.id == job } }
    if !isClosed || wasOpen {
      effects.append(.submit(.openIndex(path: isClosed ? nil : path, job: job)))
    }
    return effects
  }

  mutating func happened(index event: EngineEvent) -> [Effect] {
    switch event {
    case .indexOpened(let summary, let job):
      guard index?.job == job else { return [] }
      index?.summary = summary
      let effects = checkIndex()
      if let corpus { say("\(corpus.name): \(Numbers.grouped(corpus.clips)) clips") }
      return effects + fillCorpus()
    case .indexUsage(let usage, let job):
      guard index?.job == job else { return [] }
      index?.usage = usage
    case .found(let found, let job):
      if codebook.search?.job == job {
        codebook.search?.found = found
        if let line = found.query.notices.first { say(line) }
      } else if codebook.gallery?.search == job, case .places(let places) = found.hits,
        let corpus
      {
        codebook.gallery?.corpus = PatchList(places, of: corpus.model)
        if codebook.gallery?.clip.places.isEmpty == true { codebook.gallery?.side = .corpus }
      }
    default: break
    }
    return []
  }

  /// Codes of other weights mean something else, so an index of theirs is closed again.
  mutating func checkIndex() -> [Effect] {
    guard let model, let summary = index?.summary, summary.model.sha256 != model.sha256 else {
      return []
    }
    let effects = openIndex("")
    let fault = CorpusError.otherModel(
      path: summary.path, index: summary.model.sha256, model: model.sha256)
    say("\(fault)", isError: true)
    return effects
  }

  /// It could not be opened, or what was looked for could not be found.
  mutating func indexFailed(_ job: Job, reason: String) {
    if index?.job == job.id { index = nil }
    if codebook.search?.job == job.id { codebook.search?.fault = reason }
    if codebook.gallery?.search == job.id { codebook.gallery?.corpusFault = reason }
    say(reason, isError: true)
  }

  mutating func indexCancelled(_ job: Job) {
    if index?.job == job.id, index?.summary == nil { index = nil }
    if codebook.search?.job == job.id { codebook.search?.fault = "Cancelled." }
    if codebook.gallery?.search == job.id { codebook.gallery?.corpusFault = "Cancelled." }
    say("Cancelled.")
  }

  // MARK: - Patches of the corpus

  /// Looks for the gallery's places in the index, if one is open.
  mutating func fillCorpus() -> [Effect] {
    let effects = stopSearching()
    guard let corpus, let gallery = codebook.gallery else { return effects }
    let job = begin(.searching)
    codebook.gallery?.search = job
    codebook.gallery?.corpusFault = nil
    codebook.gallery?.corpus = nil
    let pattern = gallery.brush.pattern(bits: corpus.model.bits)
    return effects
      + [.submit(.findPlaces(pattern, limit: GalleryModel.mostCorpusPlaces, job: job))]
  }

  /// What is looked for and not found yet is wanted no more.
  mutating func stopSearching() -> [Effect] {
    let stale = jobs.filter { $0.kind == .searching }
    jobs.removeAll { $0.kind == .searching }
    return stale.map { .submit(.cancel($0.id)) }
  }

  // MARK: - Search

  mutating func typeSearch() -> [Effect] {
    guard index != nil else { return refuse("No index is open; :db FILE opens one.") }
    overlay = .command(CommandLine(text: "search "))
    return []
  }

  /// Clips by words, places by a code.
  mutating func search(_ words: String) -> [Effect] {
    guard let corpus else {
      return refuse(
        index == nil
          ? "No index is open; :db FILE opens one." : "The index is not open yet; try again.")
    }
    guard !words.isEmpty else { return refuse("search wants words, or a code such as 0x1a2b.") }
    view = .codebook
    let effects = stopSearching()
    let job = begin(.searching, subject: corpus.name)
    codebook.search = SearchModel(words: words, job: job)
    return effects + [.submit(.search(words, limit: SearchModel.mostHits, job: job))]
  }

  /// While results are up they take the keys that they can use; nil for the others.
  mutating func pressedInSearch(_ key: Key) -> [Effect]? {
    guard view == .codebook, let search = codebook.search else { return nil }
    let page = max(1, AppLayout(size: size).content.height - 6)
    func bounded(_ row: Int) -> Int { min(max(0, row), max(0, search.count - 1)) }
    switch key {
    case .escape:
      codebook.search = nil
      return jobs.contains { $0.id == search.job } ? stopSearching() : []
    case .enter:
      guard let chosen = search.chosen else { return [] }
      return open(chosen.clip, at: chosen.place?.position)
    case .up, .character("k"): codebook.search?.cursor = bounded(search.cursor - 1)
    case .down, .character("j"): codebook.search?.cursor = bounded(search.cursor + 1)
    case .pageUp: codebook.search?.cursor = bounded(search.cursor - page)
    case .pageDown: codebook.search?.cursor = bounded(search.cursor + page)
    case .home: codebook.search?.cursor = 0
    case .end: codebook.search?.cursor = bounded(search.count - 1)
    default: return nil
    }
    return []
  }

  /// The first click chooses, the second one opens.
  mutating func press(search event: MouseEvent, in content: Rect) -> [Effect] {
    guard let search = codebook.search,
      let row = SearchView.row(search, atY: event.y, in: content)
    else { return [] }
    if search.cursor == row { return pressedInSearch(.enter) ?? [] }
    codebook.search?.cursor = row
    return []
  }

  /// Opens a clip of the index just as it was read for it, at a place of it.
  mutating func open(_ found: CorpusClip, at position: TokenPosition?) -> [Effect] {
    guard let wanted = found.source.request(path: found.path) else {
      return refuse("\(CorpusError.noPictures(found.path))")
    }
    view = position == nil ? .clip : .tokens
    if wanted == request, clip.summary != nil {
      if let position { go(to: position) }
      return []
    }
    caption = found.source.caption
    let effects = open(wanted)
    pendingPlace = position.map { PendingPlace(request: wanted, position: $0) }
    return effects
  }

  /// To the place that a clip was opened for.
  mutating func goToPendingPlace() {
    guard let pending = pendingPlace else { return }
    pendingPlace = nil
    guard pending.request == clip.summary?.request else { return }
    go(to: pending.position)
  }

  /// The playhead and the token cursor.
  mutating func go(to position: TokenPosition) {
    clip.playback.pause()
    setLevel(position.level)
    (tokens.row, tokens.column) = (position.row, position.column)
    guard let grid = tokens.pyramid?[level: position.level] else { return }
    seek(to: grid.stride.frames(ofStep: position.step).lowerBound)
  }
}
