import TokenizerEngine

extension AppModel {
  /// The patches of what the cursor stands on; where it stands on no code, of what is lit or of the
  /// level's most used one.
  mutating func openGallery() -> [Effect] {
    let first = codebook.shown?.topCodes.first.map { Brush.code($0.code) }
    guard let wanted = codebook.pointed ?? brush ?? first else {
      say("No codes are known yet; t tokenizes the clip.")
      return []
    }
    return showGallery(wanted)
  }

  mutating func showGallery(_ brush: Brush) -> [Effect] {
    var gallery = GalleryModel(brush: brush)
    gallery.job = codebook.gallery?.job
    gallery.side = codebook.gallery?.side ?? .clip
    codebook.gallery = gallery
    view = .codebook
    fillGallery()
    let level = codebook.level
    codebook.gallery?.clip.toFirst(ofLevel: level)
    return fillCorpus()
  }

  /// Looks for its places again: the tokens are others than before.
  mutating func refreshGallery() {
    guard let before = codebook.gallery?.clip.chosen else { return fillGallery() }
    fillGallery()
    guard let again = codebook.gallery?.clip.places.firstIndex(where: { $0 == before }) else {
      return
    }
    codebook.gallery?.clip.cursor = again
  }

  private mutating func fillGallery() {
    guard let brush = codebook.gallery?.brush, let pyramid = tokens.pyramid,
      let summary = clip.summary, let job = clip.job
    else { return }
    codebook.gallery?.clip = PatchList(brush, in: pyramid, of: summary, opened: job)
  }

  mutating func closeGallery() -> [Effect] {
    guard let gallery = codebook.gallery else { return [] }
    codebook.gallery = nil
    let isSearching = jobs.contains { $0.id == gallery.search }
    let effects = isSearching ? stopSearching() : []
    guard let job = gallery.job, !gallery.asked.isEmpty else { return effects }
    return effects + [.submit(.cut([], job: job))]
  }

  // MARK: - Keys

  /// While the gallery is up it takes the keys that it can use; nil for the others.
  mutating func pressedInGallery(_ key: Key) -> [Effect]? {
    guard view == .codebook, let gallery = codebook.gallery else { return nil }
    let section = GalleryLayout(model: self)?.section(of: gallery.side)
    let columns = max(1, section?.columns ?? 1)
    let page = columns * max(1, section?.rows ?? 1)
    let cursor = gallery.list.cursor
    switch key {
    case .escape: return closeGallery()
    case .enter: return goToPatch()
    case .left, .character("h"): codebook.gallery?.list.move(to: cursor - 1)
    case .right, .character("l"): codebook.gallery?.list.move(to: cursor + 1)
    case .up, .character("k"):
      if cursor >= columns { codebook.gallery?.list.move(to: cursor - columns) }
    case .down, .character("j"): codebook.gallery?.list.move(to: cursor + columns)
    case .pageUp: codebook.gallery?.list.move(to: cursor - page)
    case .pageDown: codebook.gallery?.list.move(to: cursor + page)
    case .home: codebook.gallery?.list.move(to: 0)
    case .end: codebook.gallery?.list.move(to: Int.max)
    case .character("["), .character("]"):
      return changeGallery(by: key == .character("]") ? 1 : -1)
    case .tab where gallery.search != nil, .backTab where gallery.search != nil:
      codebook.gallery?.side = gallery.side == .clip ? .corpus : .clip
    case .character("{"), .character("}"):
      codebook.gallery?.list.toNextLevel(finer: key == .character("}"))
      if let level = codebook.gallery?.list.chosen?.position.level { setLevel(level) }
    default: return nil
    }
    return []
  }

  /// To the code that is next in use on the level, or to the next bit.
  private mutating func changeGallery(by offset: Int) -> [Effect] {
    guard let gallery = codebook.gallery, let shown = codebook.shown else { return [] }
    let next: Brush
    switch gallery.brush {
    case .code(let code):
      let place = shown.topCodes.firstIndex { $0.code == code }
      let rank = place.map { $0 + offset } ?? 0
      guard shown.topCodes.indices.contains(rank) else { return [] }
      codebook.code = rank
      next = .code(shown.topCodes[rank].code)
    case .bit(let bit):
      guard (0..<shown.bits).contains(bit + offset) else { return [] }
      codebook.bit = bit + offset
      next = .bit(bit + offset)
    }
    // What is lit follows the cursor.
    if brush != nil { brush = next }
    return showGallery(next)
  }

  /// The playhead and the token cursor go where the patch is from.
  private mutating func goToPatch() -> [Effect] {
    guard let place = codebook.gallery?.list.chosen else { return [] }
    if case .corpus(let found) = place.patch.source { return open(found, at: place.position) }
    go(to: place.position)
    view = .tokens
    return []
  }

  /// The first click chooses, the second one goes there.
  mutating func press(gallery event: MouseEvent) -> [Effect] {
    guard let layout = GalleryLayout(model: self) else { return [] }
    for section in layout.sections {
      guard let index = section.index(atX: event.x, y: event.y) else { continue }
      let isSecond =
        codebook.gallery?.side == section.side && codebook.gallery?.list.cursor == index
      if isSecond { return goToPatch() }
      codebook.gallery?.side = section.side
      codebook.gallery?.list.move(to: index)
    }
    return []
  }

  // MARK: - Pictures

  /// Those that are in sight and neither there nor under way.
  mutating func wantsPatches() -> [Effect] {
    guard view == .codebook, let gallery = codebook.gallery, let layout = GalleryLayout(model: self)
    else { return [] }
    let visible = layout.sections.flatMap(\.patches)
    let missing = visible.filter { gallery.pictures[$0] == nil }
    guard !gallery.asked.isSuperset(of: missing) else { return [] }
    let job = JobID(nextJob)
    nextJob += 1
    codebook.gallery?.job = job
    codebook.gallery?.asked = Set(missing)
    return [.submit(.cut(missing, job: job))]
  }

  mutating func took(_ patch: Patch, _ outcome: PatchOutcome, job: JobID) {
    guard codebook.gallery?.job == job else { return }
    codebook.gallery?.asked.remove(patch)
    codebook.gallery?.pictures[patch] = outcome
    guard let gallery = codebook.gallery, gallery.pictures.count > GalleryModel.mostPictures,
      let layout = GalleryLayout(model: self)
    else { return }
    let visible = Set(layout.sections.flatMap(\.patches))
    codebook.gallery?.pictures = gallery.pictures.filter { visible.contains($0.key) }
  }
}

extension PatchList {
  mutating func toFirst(ofLevel level: Int) {
    move(to: places.firstIndex { $0.position.level == level } ?? 0)
  }

  /// To the first patch of the next level that has any; coarse ones stand first.
  mutating func toNextLevel(finer: Bool) {
    guard let level = chosen?.position.level else { return }
    let levels = places.map(\.position.level)
    let next = finer ? levels.first { $0 < level } : levels.last { $0 > level }
    if let next { toFirst(ofLevel: next) }
  }
}
