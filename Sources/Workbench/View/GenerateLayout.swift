import TokenizerEngine

/// What a picture of the Generate screen shows.
enum GeneratePicture: Equatable {
  case source
  case result(JobID?)
  case difference
  /// One of two pictures, or both beside a line.
  case both
}

/// A picture's place and that of its title above it.
struct GeneratePane: Equatable {
  let kind: GeneratePicture
  let title: Rect
  let picture: Rect
}

/// Where the Generate screen puts its parts; the mouse asks the same question.
struct GenerateLayout {
  let prompt: Rect
  let region: Rect
  let panes: [GeneratePane]
  /// What came of the shown result, below the pictures; empty where there is no room.
  let details: Rect
  let grids: [RegionGridPlace]
  let settings: Rect
  let results: Rect
  let timeline: TimelineLayout

  init?(model: AppModel, content: Rect) {
    guard let summary = model.clip.summary else { return nil }
    let (top, below) = content.splitTop(content.height >= 2 ? 1 : 0)
    let (line, rest) = below.splitTop(content.height >= 5 ? 1 : 0)
    let rows = content.height >= 12 ? 2 : content.height >= 4 ? 1 : 0
    let (body, bottom) = rest.splitBottom(rows)
    prompt = top
    region = line
    timeline = TimelineLayout(rect: bottom, frames: summary.frameCount)

    let side = Self.sideColumns(content.width)
    let zone = body.splitLeft(body.width - side - (side > 0 ? 1 : 0)).left
    panes = Self.panes(Self.kinds(model), summary, in: zone)
    let used = Rect.around(panes.map(\.picture) + panes.map(\.title))
    // Beside two pictures, so that it stays where it is whatever is compared.
    let pair = Self.panes([.source, .result(nil)], summary, in: zone)
    let width = max(used.maxX, Rect.around(pair.map(\.title)).maxX) - body.x + 2
    let free = side > 0 ? body.splitLeft(width).rest : Rect(Size(width: 0, height: 0))
    let under = Rect(
      x: body.x, y: used.maxY + 1, width: max(0, zone.width), height: body.maxY - used.maxY - 1)

    let shapes = RegionGridPlace.shapes(model)
    let settingRows = SamplingSetting.allCases.count + 1
    let isHigh = free.height >= settingRows + 6 + 10
    // Below the pictures where all levels fit there over the same extent, else beside them, else
    // as many as have room below.
    let upper = under.splitTop(under.height - 4).top
    var places = under.height >= 5 ? RegionGridPlace.alike(shapes, in: upper) : []
    var isBeside = false
    if places.isEmpty, isHigh || model.generate.part == .region {
      let room = free.splitTop(free.height - (isHigh ? settingRows + 7 : 4)).top
      places = RegionGridPlace.fitting(shapes, in: room, level: model.tokens.level)
      isBeside = !places.isEmpty
    }
    if places.isEmpty { places = RegionGridPlace.row(shapes, in: upper) }
    grids = places
    let end = Rect.around(places.map(\.rect)).maxY + 1
    let hasGridsBelow = !places.isEmpty && !isBeside
    details =
      hasGridsBelow
      ? Rect(x: under.x, y: end, width: under.width, height: under.maxY - end)
      : under.height >= 1 ? under : Rect(Size(width: 0, height: 0))
    let left =
      isBeside ? Rect(x: free.x, y: end, width: free.width, height: free.maxY - end) : free
    if isHigh || hasGridsBelow || model.generate.part == .settings {
      (settings, results) = Self.stacked(left, settings: settingRows)
    } else {
      settings = Rect(x: left.x, y: left.y, width: 0, height: 0)
      results = left
    }
  }

  /// The least that settings and results need.
  private static func sideColumns(_ width: Int) -> Int {
    switch width {
    case 150...: 46
    case 96...: 34
    case 60...: 26
    case 36...: 16
    default: 0
    }
  }

  private static func stacked(_ rect: Rect, settings rows: Int) -> (settings: Rect, results: Rect) {
    let (upper, rest) = rect.splitTop(rows)
    return (upper, rest.splitTop(rest.height >= 4 ? 1 : 0).rest)
  }

  // MARK: Pictures

  private static func kinds(_ model: AppModel) -> [GeneratePicture] {
    let shown = model.generate.shown
    switch model.generate.comparison {
    case .pair: return [.source, .result(shown)]
    case .difference: return [.result(shown), .difference]
    case .wipe, .blink: return [.both]
    case .gallery:
      let results = model.generate.results.filter { !$0.hasFailed }.map(\.id)
      guard !results.isEmpty else { return [.source, .result(nil)] }
      let place = results.firstIndex { $0 == shown } ?? results.count - 1
      // As many as are made at once and some before, the shown one among them.
      let first = max(0, min(place - 4, results.count - 8))
      return [.source] + results.dropFirst(first).prefix(8).map { .result($0) }
    }
  }

  private static func panes(
    _ wanted: [GeneratePicture], _ summary: ClipSummary, in zone: Rect
  ) -> [GeneratePane] {
    var kinds = wanted
    if kinds.count == 2, zone.width < 17 || zone.height < 4 { kinds = [kinds[1]] }
    let (width, height) = (summary.width, summary.height)
    let grid = ClipLayout.arrangement(of: kinds.count, in: zone, width: width, height: height)
    let hasTitle = zone.height / max(1, grid.rows) > 2
    let room = Size(
      width: (zone.width - grid.columns + 1) / max(1, grid.columns),
      height: zone.height / max(1, grid.rows) - (hasTitle ? 1 : 0))
    let size = PictureFit.size(width, height, in: room)
    // A title has its columns even over a narrow picture.
    let pitch = max(size.width, min(room.width, 13)) + 1
    return kinds.enumerated().map { index, kind in
      let x = zone.x + index % grid.columns * pitch
      let y = zone.y + index / grid.columns * (size.height + (hasTitle ? 1 : 0))
      return GeneratePane(
        kind: kind, title: Rect(x: x, y: y, width: pitch - 1, height: hasTitle ? 1 : 0),
        picture: Rect(x: x, y: y + (hasTitle ? 1 : 0), width: size.width, height: size.height))
    }
  }
}

extension Rect {
  /// The smallest one that holds all of them.
  static func around(_ rects: [Rect]) -> Rect {
    guard let first = rects.first else { return Rect(x: 0, y: 0, width: 0, height: 0) }
    let x = rects.map(\.x).min() ?? first.x
    let y = rects.map(\.y).min() ?? first.y
    return Rect(
      x: x, y: y, width: (rects.map(\.maxX).max() ?? x) - x,
      height: (rects.map(\.maxY).max() ?? y) - y)
  }
}
