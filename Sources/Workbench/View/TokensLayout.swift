import TokenizerEngine

/// How large one token is drawn.
enum TokenScale: Int, CaseIterable, Comparable {
  /// One column, half a row.
  case half
  /// Two columns, one row.
  case cell
  /// Four columns, two rows: room for the code.
  case tile

  static func < (a: TokenScale, b: TokenScale) -> Bool { a.rawValue < b.rawValue }

  func size(rows: Int, columns: Int) -> Size {
    switch self {
    case .half: Size(width: columns, height: (rows + 1) / 2)
    case .cell: Size(width: 2 * columns, height: rows)
    case .tile: Size(width: 4 * columns, height: 2 * rows)
    }
  }
}

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
    switch scale {
    // A cell holds two tokens; a click means the upper one, the arrows reach the other.
    case .half: return (firstRow + 2 * (y - grid.y), firstColumn + x - grid.x)
    case .cell: return (firstRow + y - grid.y, firstColumn + (x - grid.x) / 2)
    case .tile: return (firstRow + (y - grid.y) / 2, firstColumn + (x - grid.x) / 4)
    }
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

  init(
    content: Rect, shapes: [(rows: Int, columns: Int)], focus: Int, cursor: (row: Int, column: Int),
    width: Int, height: Int, frames: Int
  ) {
    let (upper, line) = content.splitBottom(content.height >= 8 ? 1 : 0)
    timeline = TimelineLayout(rect: line, frames: frames)
    if content.width < 60 || upper.height < 14 {
      let (zone, below) = upper.splitBottom(upper.height >= 6 ? 2 : 0)
      let scale = TokenScale.allCases.last {
        let size = $0.size(rows: shapes[focus - 1].rows, columns: shapes[focus - 1].columns)
        return size.width <= zone.width && size.height + 1 <= zone.height
      }
      let places = [Placed(level: focus, scale: scale ?? .half, x: 0, y: 0)]
      grids = Self.placed(places, in: zone, shapes: shapes, focus: focus, cursor: cursor)
      inspector = below
      picture = Rect(x: 0, y: 0, width: 0, height: 0)
      reconstruction = picture
      return
    }
    let minimum = content.width >= 150 ? 60 : content.width >= 96 ? 36 : 29
    let packing = Self.best(
      in: Size(width: upper.width - minimum - 1, height: upper.height), shapes: shapes,
      focus: focus)
    let used = min(packing.size.width, upper.width - minimum - 1)
    let (zone, rest) = upper.splitLeft(used)
    grids = Self.placed(packing.places, in: zone, shapes: shapes, focus: focus, cursor: cursor)
    let side = rest.splitLeft(min(2, rest.width)).rest
    let inspectorRows = min(max(12, side.height - 2), side.height >= 34 ? 24 : 12)
    let pictures = side.splitBottom(inspectorRows)
    inspector = pictures.bottom
    let fit = PictureFit.size(width, height, in: pictures.rest.size)
    // Two pictures below or beside each other where both stay readable.
    if pictures.rest.height >= 2 * 10, fit.height * 2 + 2 <= pictures.rest.height + 4 {
      let halves = pictures.rest.rows(weights: [1, 1])
      picture = halves[0]
      reconstruction = halves[1]
    } else if fit.width * 2 + 1 <= pictures.rest.width {
      let halves = pictures.rest.columns(weights: [1, 1], gap: 1)
      picture = halves[0]
      reconstruction = halves[1]
    } else {
      picture = pictures.rest
      reconstruction = Rect(x: 0, y: 0, width: 0, height: 0)
    }
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

  /// The arrangement and scales that show most, the focused level before the others.
  private static func best(in room: Size, shapes: [(rows: Int, columns: Int)], focus: Int)
    -> Packing
  {
    var best: Packing?
    for arrangement in arrangements {
      for own in TokenScale.allCases {
        for other in TokenScale.allCases where other <= own {
          let packing = pack(
            arrangement, shapes: shapes, focus: focus, own: own, other: other, room: room)
          if packing.score > best?.score ?? -1 { best = packing }
        }
      }
    }
    return best ?? Packing(places: [], size: room, score: 0)
  }

  private static func pack(
    _ arrangement: [[[Int]]], shapes: [(rows: Int, columns: Int)], focus: Int, own: TokenScale,
    other: TokenScale, room: Size
  ) -> Packing {
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
          let scale = level == focus ? own : other
          let size = scale.size(rows: shapes[level - 1].rows, columns: shapes[level - 1].columns)
          places.append(Placed(level: level, scale: scale, x: lineX, y: y))
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
    let worth = 3 * Double(1 << (2 * own.rawValue)) + Double(1 << (2 * other.rawValue))
    // What does not fit is scrolled, which is worse than being small, unless it is very little.
    let fits = lost > 0.93 ? lost : lost * 0.001
    return Packing(
      places: places, size: Size(width: width, height: height), score: worth * fits)
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
      let unit = place.scale.size(rows: 2, columns: 1)
      let visibleRows = (rect.height - 1) * 2 / max(1, unit.height)
      let visibleColumns = rect.width / max(1, unit.width)
      let focused = shapes[focus - 1]
      let row = cursor.row * shape.rows / max(1, focused.rows)
      let column = cursor.column * shape.columns / max(1, focused.columns)
      func first(_ at: Int, of count: Int, visible: Int) -> Int {
        count <= visible ? 0 : min(max(0, at - visible / 2), count - visible)
      }
      var firstRow = first(row, of: shape.rows, visible: visibleRows)
      if place.scale == .half { firstRow -= firstRow % 2 }
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
      height: summary.height, frames: summary.frameCount)
  }
}
