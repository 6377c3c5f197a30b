/// Where the Clip screen puts its pictures, timeline and strips; the mouse asks the same question.
struct ClipLayout {
  let panes: [(kind: PaneChoice, rect: Rect)]
  /// A free place beside the pictures, big enough to say more about the clip.
  let details: Rect?
  /// The same for every picture, in cells.
  let pictureSize: Size
  let info: Rect
  let timeline: TimelineLayout
  let strips: Rect

  /// `width` x `height` is the picture's size in pixels.
  init(content: Rect, choice: PaneChoice, width: Int, height: Int, frames: Int) {
    let stripRows = content.height >= 17 ? 4 : 0
    let timelineRows = content.height >= 9 ? 2 : content.height >= 4 ? 1 : 0
    let (rest, strip) = content.splitBottom(stripRows)
    let (upper, line) = rest.splitBottom(timelineRows)
    let (pictures, text) = upper.splitBottom(content.height >= 6 ? 1 : 0)
    strips = strip
    info = text
    timeline = TimelineLayout(rect: line, frames: frames)

    let kinds = Self.kinds(choice, in: pictures, width: width, height: height)
    let grid = Self.arrangement(of: kinds.count, in: pictures, width: width, height: height)
    let rows = pictures.rows(weights: Array(repeating: 1, count: grid.rows), gap: 0)
    var slots: [Rect] = rows.flatMap {
      $0.columns(weights: Array(repeating: 1, count: grid.columns), gap: 1)
    }
    let room = Size(
      width: slots.map(\.width).min() ?? 0,
      height: (slots.map(\.height).min() ?? 0) - (pictures.height / grid.rows > 2 ? 1 : 0))
    pictureSize = PictureFit.size(width, height, in: room)
    panes = zip(kinds, slots).map { ($0, $1) }
    slots.removeFirst(min(slots.count, kinds.count))
    details = Self.room(for: slots, beside: panes, in: pictures, width: width, height: height)
  }

  /// The columns of the longest title over a picture.
  private static let titleColumns = 14

  /// Three pictures if that does not make them much smaller than two, and has room for titles.
  private static func kinds(_ choice: PaneChoice, in rect: Rect, width: Int, height: Int)
    -> [PaneChoice]
  {
    switch choice {
    case .automatic:
      let two = arrangement(of: 2, in: rect, width: width, height: height)
      let three = arrangement(of: 3, in: rect, width: width, height: height)
      if rect.height < 5 || rect.width < 30 { return [.original] }
      let hasTitles = (rect.width - three.columns + 1) / three.columns >= titleColumns
      return hasTitles && three.area >= 0.62 * two.area
        ? [.original, .reconstruction, .difference] : [.original, .reconstruction]
    case .all: return [.original, .reconstruction, .difference]
    case .pair: return [.original, .reconstruction]
    case .original, .reconstruction, .difference: return [choice]
    }
  }

  /// The columns and rows that make each picture largest, and its area in cells.
  static func arrangement(of count: Int, in rect: Rect, width: Int, height: Int)
    -> (columns: Int, rows: Int, area: Double)
  {
    var best = (columns: 1, rows: 1, area: -1.0)
    for columns in 1...max(1, count) {
      let rows = (count + columns - 1) / columns
      let slot = Size(width: (rect.width - columns + 1) / columns, height: rect.height / rows - 1)
      let area = Double(PictureFit.size(width, height, in: slot).area)
      if area > best.area { best = (columns, rows, area) }
    }
    return best
  }

  private static func room(
    for slots: [Rect], beside panes: [(kind: PaneChoice, rect: Rect)], in rect: Rect, width: Int,
    height: Int
  ) -> Rect? {
    if let slot = slots.first, slot.width >= 34, slot.height >= 8 { return slot }
    return nil
  }
}

/// How large a picture becomes in a number of cells, which are half as wide as high.
enum PictureFit {
  static func size(_ width: Int, _ height: Int, in room: Size) -> Size {
    guard width > 0, height > 0, room.area > 0 else { return Size(width: 0, height: 0) }
    let scale = min(
      Double(room.width) / Double(width), Double(2 * room.height) / Double(height))
    return Size(
      width: max(1, min(room.width, Int((Double(width) * scale).rounded()))),
      height: max(1, min(room.height, Int((Double(height) * scale / 2).rounded()))))
  }
}

/// The timeline's columns and the frames they stand for.
struct TimelineLayout: Equatable {
  /// All rows, labels included.
  let rect: Rect
  /// The columns that stand for frames.
  let track: Rect
  let frames: Int

  static let labelColumns = 5
  static let valueColumns = 6

  init(rect: Rect, frames: Int) {
    self.rect = rect
    self.frames = max(1, frames)
    let labels = rect.width >= 30 ? Self.labelColumns : 0
    let values = rect.width >= 30 ? Self.valueColumns : 0
    track = Rect(
      x: rect.x + labels, y: rect.y, width: rect.width - labels - values, height: rect.height)
  }

  func column(of frame: Int) -> Int { track.x + frame * track.width / frames }

  /// The columns of a frame, at least one.
  func columns(of frame: Int) -> Range<Int> {
    let first = column(of: frame)
    return first..<max(first + 1, column(of: frame + 1))
  }

  func columns(of frames: ClosedRange<Int>) -> Range<Int> {
    columns(of: frames.lowerBound).lowerBound..<columns(of: frames.upperBound).upperBound
  }

  func frame(atColumn x: Int) -> Int {
    guard track.width > 0 else { return 0 }
    let column = min(max(0, x - track.x), track.width - 1)
    // The first frame of the column, or the one that covers it where columns outnumber frames.
    let frame =
      frames > track.width
      ? (column * frames + track.width - 1) / track.width
      : ((column + 1) * frames - 1) / track.width
    return min(frames - 1, frame)
  }
}
