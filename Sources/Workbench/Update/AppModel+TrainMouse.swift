import TokenizerEngine

extension AppModel {
  /// A click takes the part under the mouse, in a chart its step too; the wheel zooms.
  mutating func moused(train event: MouseEvent, in content: Rect) -> [Effect] {
    switch event.action {
    case .wheelUp, .wheelDown:
      if train.panel == .runs {
        return perform(train: event.action == .wheelDown ? .panelDown : .panelUp)
      }
      return perform(train: event.action == .wheelUp ? .zoomIn : .zoomOut)
    case .press, .drag: break
    case .release: return []
    }
    let layout = TrainLayout(train: train, content: content)
    let hit = layout.panels.first { $0.rect.contains(x: event.x, y: event.y) }
    guard train.watched != nil, let hit else { return [] }
    if event.action == .press { train.panel = hit.panel }
    switch hit.panel {
    case .charts: point(at: event, in: hit.rect)
    case .runs where event.action == .press:
      let view = TrainRunsView(train: train, isFocused: true)
      if let place = view.selection(atY: event.y, in: hit.rect) { train.selection = place }
    default: break
    }
    return []
  }

  private mutating func point(at event: MouseEvent, in rect: Rect) {
    let charts = TrainChart.all(train)
    let grid = TrainChartGrid(train: train, charts: charts.count, in: rect)
    guard let place = grid.places.first(where: { $0.rect.contains(x: event.x, y: event.y) }) else {
      return
    }
    train.charts.focus = place.index
    let plot = MetricChart.plot(in: place.rect.splitTop(1).rest)
    guard event.x >= plot.x, event.y > place.rect.y else { return }
    let share = Double(event.x - plot.x) / Double(max(1, plot.width - 1))
    let visible = train.visible
    train.charts.cursor =
      visible.lowerBound + Int((min(1, share) * Double(visible.count - 1)).rounded())
  }
}
