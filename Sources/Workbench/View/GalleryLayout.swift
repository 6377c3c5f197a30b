import TokenizerEngine

/// Where the patches of a gallery stand.
struct GalleryLayout {
  struct Section {
    let side: GallerySide
    let heading: Rect
    let grid: Rect
    /// Of a picture with its caption, without the gap.
    let tile: Size
    let columns: Int
    let rows: Int
    /// The first one in sight, and how many there are.
    let first: Int
    let list: PatchList

    /// The place of a tile, if it is in sight.
    func rect(of index: Int) -> Rect? {
      let place = index - first
      guard (0..<columns * rows).contains(place) else { return nil }
      return Rect(
        x: grid.x + place % columns * (tile.width + 1),
        y: grid.y + place / columns * tile.height, width: tile.width, height: tile.height)
    }

    func index(atX x: Int, y: Int) -> Int? {
      visible.first { rect(of: $0)?.contains(x: x, y: y) == true }
    }

    /// The tiles in sight.
    var visible: Range<Int> { first..<max(first, min(list.places.count, first + columns * rows)) }

    var patches: [Patch] { list.places[visible].map(\.patch) }
  }

  let title: Rect
  let sections: [Section]

  func section(of side: GallerySide) -> Section? { sections.first { $0.side == side } }

  /// Nil where no gallery is open.
  init?(model: AppModel) {
    let content = CodebookLayout(content: AppLayout(size: model.size).content).content
    self.init(model: model, content: content)
  }

  init?(model: AppModel, content: Rect) {
    guard let gallery = model.codebook.gallery else { return nil }
    let (line, below) = content.splitTop(content.height >= 6 ? 1 : 0)
    title = line
    guard gallery.search != nil else {
      sections = [Self.laidOut(.clip, gallery.clip, in: below)]
      return
    }
    let corpus = gallery.corpus ?? PatchList()
    guard below.height >= 24 else {
      sections = [
        Self.laidOut(gallery.side, gallery.side == .clip ? gallery.clip : corpus, in: below)
      ]
      return
    }
    // What is not there takes a line.
    let rows =
      gallery.clip.places.isEmpty ? 3 : corpus.places.isEmpty ? below.height - 3 : below.height / 2
    let (upper, lower) = below.splitTop(rows)
    sections = [
      Self.laidOut(.clip, gallery.clip, in: upper), Self.laidOut(.corpus, corpus, in: lower),
    ]
  }

  /// Pictures as large as they can be while six are in sight: a square of pixels where a cell holds
  /// two, its caption, and for a clip of an index its name.
  private static func laidOut(_ side: GallerySide, _ list: PatchList, in rect: Rect) -> Section {
    let (heading, grid) = rect.splitTop(rect.height >= 3 ? 1 : 0)
    let captions = side == .clip ? 1 : 2
    let tiles = [24, 20, 18, 16, 14, 12, 10].map { Size(width: $0, height: $0 / 2 + captions) }
    func columns(_ tile: Size) -> Int { (grid.width + 1) / (tile.width + 1) }
    func rows(_ tile: Size) -> Int { grid.height / tile.height }
    let wanted = min(6, max(1, list.places.count))
    let most = tiles.map { columns($0) * rows($0) }.max() ?? 0
    let tile =
      tiles.first { columns($0) * rows($0) >= min(wanted, max(1, most)) }
      ?? Size(width: max(1, min(10, grid.width)), height: max(1, min(6, grid.height)))
    let (across, down) = (max(1, columns(tile)), max(1, rows(tile)))
    let last = max(0, (list.places.count + across - 1) / across - down)
    let row = min(max(0, list.cursor / across - down / 2), last)
    return Section(
      side: side, heading: heading, grid: grid, tile: tile, columns: across, rows: down,
      first: row * across, list: list)
  }
}
