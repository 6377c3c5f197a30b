import TokenizerEngine

/// What is wrong with a run, the gravest first, each with what to do about it.
struct TrainAlertsView {
  let alerts: [CodebookAlert]

  func draw(on screen: inout Screen, in rect: Rect) {
    guard !alerts.isEmpty else {
      screen.put(" nothing is wrong", in: rect, style: Style(.success))
      return
    }
    var y = rect.y
    var shown = 0
    for alert in alerts where y < rect.maxY {
      let used = drawFirst(alert, on: &screen, x: rect.x + 1, y: y, maxX: rect.maxX - 1)
      shown += 1
      y += 1
      let remedy = "→ " + alert.remedy
      if used + remedy.columns + 2 <= rect.width - 2 {
        screen.put(remedy, x: rect.x + 2 + used, y: y - 1, style: Style(.secondary))
      } else if y < rect.maxY {
        screen.put(
          remedy, x: rect.x + 3, y: y, style: Style(.secondary), limit: max(0, rect.width - 8))
        y += 1
      }
    }
    let hidden = alerts.count - shown
    guard hidden > 0, !rect.isEmpty else { return }
    let more = " +\(hidden) "
    screen.put(
      more, x: rect.maxX - more.columns, y: rect.maxY - 1, style: Style(.warning))
  }

  private func drawFirst(
    _ alert: CodebookAlert, on screen: inout Screen, x: Int, y: Int, maxX: Int
  ) -> Int {
    let (mark, role): (String, ThemeRole) =
      switch alert.severity {
      case .info: ("i", .information)
      case .warning: ("!", .warning)
      case .error: ("✗", .error)
      }
    var at = x
    at += screen.put(
      "\(mark) \(alert.id)", x: at, y: y, style: Style(role, on: .background, .bold),
      limit: max(0, maxX - at))
    let level = alert.level.map { " L\($0)" } ?? ""
    at += screen.put(
      "\(level): \(alert.text)", x: at, y: y, style: Style(.text), limit: max(0, maxX - at))
    return at - x
  }
}
