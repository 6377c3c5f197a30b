import TokenizerEngine

/// Where a level's grid stands, and which part of it is seen when it does not fit.
struct TokenGridPlace: Equatable {
  let level: Int
  let scale: TokenScale
  /// The title's row and the grid below it.
  let rect: Rect
  let firstRow: Int
  let firstColumn: Int

  var title: Rect { rect.splitTop(1).top }
  var grid: Rect { rect.splitTop(1).rest }

  /// The token under a place on the screen.
  func token(atX x: Int, y: Int) -> (row: Int, column: Int)? {
    guard grid.contains(x: x, y: y) else { return nil }
    // Where a cell holds two tokens, a click means the upper one; the arrows reach the other.
    let row = firstRow + (scale.isHalf ? 2 * (y - grid.y) : (y - grid.y) / scale.rows)
    return (row, firstColumn + (x - grid.x) / scale.columns)
  }
}

/// Where the Tokens screen puts its grids, picture and inspector; the mouse asks the same question.
struct TokensLayout {
  let grids: [TokenGridPlace]
  /// Empty where there is no room.
  let picture: Rect
  let reconstruction: Rect
  let inspector: Rect
  let timeline: TimelineLayout
  /// How each level changes over time, below the timeline; empty where there is no room.
  let strips: Rect

  init(
    content: Rect, shapes: [(rows: Int, columns: Int)], focus: Int, cursor: (row: Int, column: Int),
    width: Int, height: Int, frames: Int, isMonochrome: Bool
  ) {
    let scales = TokenScale.choices(isMonochrome: isMonochrome)
    let (above, strips) = content.splitBottom(content.height >= 44 ? shapes.count : 0)
    self.strips = strips
    let (upper, line) = above.splitBottom(content.height >= 8 ? 1 : 0)
    timeline = TimelineLayout(rect: line, frames: frames)
    if content.width < 60 || upper.height < 14 {
      let (zone, below) = upper.splitBottom(upper.height >= 6 ? 2 : 0)
      let scale = scales.last {
        let size = $0.size(rows: shapes[focus - 1].rows, columns: shapes[focus - 1].columns)
        return size.width <= zone.width && size.height + 1 <= zone.height
      }
      let places = [Placed(level: focus, scale: scale ?? scales[0], x: 0, y: 0)]
      grids = Self.placed(places, in: zone, shapes: shapes, focus: focus, cursor: cursor)
      inspector = below
      picture = Rect(x: 0, y: 0, width: 0, height: 0)
      reconstruction = picture
      return
    }
    let minimum = content.width >= 150 ? 60 : content.width >= 96 ? 33 : 29
    let packing = Self.best(
      in: Size(width: upper.width - minimum - 1, height: upper.height), shapes: shapes,
      focus: focus, scales: scales)
    let used = min(packing.size.width, upper.width - minimum - 1)
    let (zone, rest) = upper.splitLeft(used)
    grids = Self.placed(packing.places, in: zone, shapes: shapes, focus: focus, cursor: cursor)
    let side = rest.splitLeft(min(2, rest.width)).rest
    let (pictures, facts) = Self.stacked(side, width: width, height: height)
    inspector = facts
    picture = pictures.first ?? Rect(x: 0, y: 0, width: 0, height: 0)
    reconstruction = pictures.dropFirst().first ?? Rect(x: 0, y: 0, width: 0, height: 0)
  }

  /// The picture, its reconstruction where there is room for both, and the inspector below them.
  private static func stacked(_ side: Rect, width: Int, height: Int) -> ([Rect], Rect) {
    let rows = 1 + PictureFit.size(width, height, in: Size(width: side.width, height: 999)).height
    let inspectorRows = 12
    if 2 * rows + inspectorRows + 2 <= side.height {
      let (first, rest) = side.splitTop(rows)
      let (second, below) = rest.splitTop(rows + 1)
      return ([first, second.splitTop(1).rest], below.splitTop(1).rest)
    }
    let (upper, below) = side.splitTop(min(rows, max(2, side.height - inspectorRows)))
    let narrow = PictureFit.size(
      width, height, in: Size(width: side.width, height: upper.height - 1))
    if 2 * narrow.width + 2 <= side.width {
      let halves = upper.columns(weights: [1, 1], gap: 1)
      return ([halves[0], halves[1]], below)
    }
    return ([upper], below)
  }

  private struct Placed {
    var level: Int
    var scale: TokenScale
    var x: Int
    var y: Int
  }

  private struct Packing {
    var places: [Placed]
    var size: Size
    var score: Double
  }

  /// Blocks of levels, each block a column of rows of levels.
  private static let arrangements: [[[[Int]]]] = [
    [[[4], [3], [2], [1]]],
    [[[4, 3, 2], [1]]],
    [[[4, 3], [2, 1]]],
    [[[4, 3], [2], [1]]],
    [[[4], [3], [2]], [[1]]],
    [[[4], [3]], [[2]], [[1]]],
    [[[4], [3]], [[2], [1]]],
    [[[4, 3, 2, 1]]],
  ]

  /// The arrangement and scales that show most: every level over the same extent, so that parents
  /// and children line up, or the focused one larger than the others.
  private static func best(
    in room: Size, shapes: [(rows: Int, columns: Int)], focus: Int, scales: [TokenScale]
  ) -> Packing {
    var best: Packing?
    func consider(
      _ choice: (Int) -> TokenScale, in arrangements: [[[[Int]]]] = Self.arrangements, bonus: Double
    ) {
      for arrangement in arrangements {
        var packing = pack(arrangement, shapes: shapes, room: room, scale: choice)
        packing.score *= bonus
        if packing.score > best?.score ?? -1 { best = packing }
      }
    }
    for (index, own) in scales.enumerated() {
      for other in scales.prefix(index + 1) {
        consider({ $0 == focus ? own : other }, bonus: 1)
      }
      // Only where nothing else fits, a level nearly as fine as the focused one is left out.
      consider({ _ in own }, in: [[[[4], [3]], [[focus <= 2 ? focus : 1]]]], bonus: 0.02)
      let finest = shapes[0]
      consider(
        { level in
          let shape = shapes[level - 1]
          return own.times(
            y: max(1, finest.rows / shape.rows), x: max(1, finest.columns / shape.columns))
        }, bonus: 1.3)
    }
    return best ?? Packing(places: [], size: room, score: 0)
  }

  private static func pack(
    _ arrangement: [[[Int]]], shapes: [(rows: Int, columns: Int)], room: Size,
    scale: (Int) -> TokenScale
  ) -> Packing {
    var area = 0
    var places: [Placed] = []
    var x = 0
    var height = 0
    for block in arrangement {
      var y = 0
      var blockWidth = 0
      for line in block {
        var lineX = x
        var lineHeight = 0
        for level in line where shapes.indices.contains(level - 1) {
          let scale = scale(level)
          let size = scale.size(rows: shapes[level - 1].rows, columns: shapes[level - 1].columns)
          places.append(Placed(level: level, scale: scale, x: lineX, y: y))
          area += size.area
          lineX += max(size.width, 7) + 1
          lineHeight = max(lineHeight, size.height + 1)
        }
        blockWidth = max(blockWidth, lineX - x)
        y += lineHeight
      }
      x += blockWidth
      height = max(height, y)
    }
    let width = max(0, x - 1)
    let lost =
      Double(min(width, room.width) * min(height, room.height)) / Double(max(1, width * height))
    // Whole grids come first; then some rows are scrolled, most only where nothing fits at all.
    let whole = lost >= 1 ? 1 : lost > 0.88 ? 0.3 : 0.1
    let score = lost > 0.6 ? Double(area) * lost * whole : lost * 1e-6
    return Packing(
      places: places, size: Size(width: width, height: height), score: score)
  }

  private static func placed(
    _ places: [Placed], in zone: Rect, shapes: [(rows: Int, columns: Int)], focus: Int,
    cursor: (row: Int, column: Int)
  ) -> [TokenGridPlace] {
    places.compactMap { place in
      let shape = shapes[place.level - 1]
      let size = place.scale.size(rows: shape.rows, columns: shape.columns)
      let rect = Rect(
        x: zone.x + place.x, y: zone.y + place.y, width: max(size.width, 7), height: size.height + 1
      ).intersection(zone)
      guard rect.height > 1 else { return nil }
      let visibleRows = (rect.height - 1) * 2 / place.scale.halfRows
      let visibleColumns = rect.width / place.scale.columns
      let focused = shapes[focus - 1]
      let row = cursor.row * shape.rows / max(1, focused.rows)
      let column = cursor.column * shape.columns / max(1, focused.columns)
      func first(_ at: Int, of count: Int, visible: Int) -> Int {
        count <= visible ? 0 : min(max(0, at - visible / 2), count - visible)
      }
      var firstRow = first(row, of: shape.rows, visible: visibleRows)
      if place.scale.isHalf { firstRow -= firstRow % 2 }
      return TokenGridPlace(
        level: place.level, scale: place.scale, rect: rect, firstRow: firstRow,
        firstColumn: first(column, of: shape.columns, visible: visibleColumns))
    }
  }
}

extension TokensLayout {
  /// For what the model shows now; nil without tokens.
  init?(model: AppModel, content: Rect) {
    guard let pyramid = model.tokens.pyramid, let summary = model.clip.summary else { return nil }
    self.init(
      content: content, shapes: pyramid.levels.map { ($0.rows, $0.columns) },
      focus: min(max(1, model.tokens.level), pyramid.levels.count),
      cursor: (model.tokens.row, model.tokens.column), width: summary.width,
      height: summary.height, frames: summary.frameCount,
      isMonochrome: model.look.usesLetters)
  }
}
