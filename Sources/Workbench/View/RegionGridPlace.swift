import TokenizerEngine

/// Where a level's small grid stands, and how large its tokens are.
struct RegionGridPlace: Equatable {
  let level: Int
  /// The title's row and the grid below it.
  let rect: Rect
  /// A token is so many columns wide and half as many rows high.
  let scale: Int

  var title: Rect { rect.splitTop(1).top }
  var grid: Rect { rect.splitTop(1).rest }

  struct Shape: Equatable {
    let level: Int
    let rows: Int
    let columns: Int
    /// How many of the finest tokens stand beside each other over one of these.
    let grain: Int
  }

  static func shapes(_ model: AppModel) -> [Shape] {
    let levels = model.tokens.pyramid?.levels ?? []
    let finest = levels.first?.stride.x ?? 1
    return levels.map {
      Shape(
        level: $0.level, rows: $0.rows, columns: $0.columns,
        grain: max(1, $0.stride.x / max(1, finest)))
    }
  }

  /// The least columns of a title such as “L4 8/8”.
  private static let titleColumns = 9

  /// All levels over the same extent, so that parents stand over their children; none if they do
  /// not fit.
  static func alike(_ shapes: [Shape], in rect: Rect) -> [RegionGridPlace] {
    guard !shapes.isEmpty else { return [] }
    for columns in [shapes.count, (shapes.count + 1) / 2] {
      let rows = (shapes.count + columns - 1) / columns
      let width = shapes.map { $0.columns * $0.grain }.max() ?? 1
      let height = shapes.map { $0.rows * $0.grain }.max() ?? 1
      let scale = min(
        (rect.width - 2 * (columns - 1)) / columns / width,
        (rect.height / rows - 1) * 2 / height)
      guard scale >= 1, width * scale >= titleColumns else { continue }
      let (pitch, step) = (width * scale + 2, (height * scale + 1) / 2 + 1)
      return shapes.reversed().enumerated().map { index, shape in
        place(
          shape, scale: scale * shape.grain, x: rect.x + index % columns * pitch,
          y: rect.y + index / columns * step)
      }
    }
    return []
  }

  /// As many levels as fit, the one under the cursor first.
  static func fitting(_ shapes: [Shape], in rect: Rect, level: Int) -> [RegionGridPlace] {
    let all = alike(shapes, in: rect)
    guard all.isEmpty, !rect.isEmpty else { return all }
    guard let large = shapes.first(where: { $0.level == level }),
      let finest = shapes.first
    else { return [] }
    // One large grid, and the coarser ones in a column beside it.
    let main = large.columns * 2 > finest.columns ? large : finest
    guard main.columns <= rect.width, (main.rows + 1) / 2 + 1 <= rect.height else { return [] }
    let pitch = max(main.columns, titleColumns) + 1
    var places = [place(main, scale: 1, x: rect.x, y: rect.y)]
    var y = rect.y
    var x = rect.x + pitch
    // Where there is room, the level with as many tokens stands before that column.
    let twins = shapes.filter { $0.level != main.level && $0.columns == main.columns }
    for twin in twins where x + pitch + titleColumns - 2 <= rect.maxX {
      places.append(place(twin, scale: 1, x: x, y: rect.y))
      x += pitch
    }
    for shape in shapes.reversed() where shape.level != main.level {
      let isBeside =
        x + max(shape.columns, min(titleColumns, 7)) <= rect.maxX
        && y + (shape.rows + 1) / 2 + 1 <= rect.maxY
        && shape.columns * 2 <= main.columns
      if isBeside {
        places.append(place(shape, scale: 1, x: x, y: y))
        y += (shape.rows + 1) / 2 + 1
      }
    }
    return places
  }

  /// Beside each other from the coarsest on, as many as fit.
  static func row(_ shapes: [Shape], in rect: Rect) -> [RegionGridPlace] {
    var x = rect.x
    var places: [RegionGridPlace] = []
    for shape in shapes.reversed() {
      let next = place(shape, scale: 1, x: x, y: rect.y)
      guard next.rect.maxX <= rect.maxX, next.rect.height <= rect.height else { continue }
      places.append(next)
      x = next.rect.maxX + 2
    }
    return places
  }

  private static func place(_ shape: Shape, scale: Int, x: Int, y: Int) -> RegionGridPlace {
    RegionGridPlace(
      level: shape.level,
      rect: Rect(
        x: x, y: y, width: max(shape.columns * scale, titleColumns),
        height: (shape.rows * scale + 1) / 2 + 1), scale: scale)
  }
}
