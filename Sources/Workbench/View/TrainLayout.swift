/// Where the parts of the Train screen stand; the mouse asks the same question.
struct TrainLayout {
  /// The run's numbers, in rows of their own.
  let numbers: Rect
  let alerts: Rect
  /// The names of the parts, where not all are shown.
  let tabs: Rect
  let panels: [(panel: TrainPanel, rect: Rect)]

  init(train: TrainModel, content: Rect) {
    let count = TrainAlertGroup.all(train.watched?.status?.alerts ?? []).count
    let hasRequests = train.watched?.status?.journal.isEmpty == false
    let numberRows = content.height >= 14 && hasRequests ? 3 : content.height >= 8 ? 2 : 1
    // A row for what is wrong and one for what to do about it.
    let most = content.height >= 44 ? 8 : content.height >= 24 ? 4 : content.height >= 18 ? 2 : 1
    let alertRows = train.panel == .alerts ? 0 : min(2 * count, most)
    let (top, below) = content.splitTop(min(numberRows, content.height))
    let (lines, rest) = below.splitTop(below.height >= 6 ? alertRows : 0)
    numbers = top
    alerts = lines
    if rest.width >= 150, rest.height >= 36 {
      tabs = Rect(x: rest.x, y: rest.y, width: rest.width, height: 0)
      panels = Self.all(train.panel, in: rest, isAlone: train.charts.isAlone)
      return
    }
    let (line, body) = rest.splitTop(rest.height >= 7 ? 1 : 0)
    tabs = line
    let isWhole = train.charts.isAlone || train.panel == .alerts
    guard body.width >= 96, body.height >= 14, !isWhole else {
      panels = [(train.panel, body)]
      return
    }
    let side = [TrainPanel.charts, .losses, .levels].filter { $0 != train.panel }.prefix(2)
    let (left, right) = body.splitRight(min(64, max(40, body.width * 2 / 5)))
    let main = left.splitRight(1).rest
    let parts = right.rows(weights: [2, 3])
    panels = [(train.panel, main)] + zip(side, parts).map { ($0, $1) }
  }

  /// Everything at once.
  private static func all(
    _ panel: TrainPanel, in rect: Rect, isAlone: Bool
  ) -> [(panel: TrainPanel, rect: Rect)] {
    guard !isAlone else { return [(panel, rect)] }
    let (left, right) = rect.splitRight(rect.width * 2 / 5)
    let (charts, bottom) = left.splitRight(1).rest.splitBottom(rect.height * 3 / 10)
    let pair = bottom.columns(weights: [1, 1], gap: 1)
    let (losses, levels) = right.splitTop(min(rect.height / 3, 14))
    return [
      (panel == .alerts ? .alerts : .charts, charts), (.pictures, pair[0]), (.runs, pair[1]),
      (.losses, losses),
      (.levels, levels),
    ]
  }
}
