import TokenizerEngine

/// A run as it trains: how it stands, what is wrong, and its numbers over the steps.
struct TrainView {
  let model: AppModel
  let context: DrawingContext
  let drawing: FrameDrawing

  private var train: TrainModel { model.train }

  func draw(on screen: inout Screen, in rect: Rect) {
    guard let run = train.watched else { return drawEmpty(on: &screen, in: rect) }
    let layout = TrainLayout(train: train, content: rect)
    TrainNumbersView(run: run, train: train, context: context).draw(
      on: &screen, in: layout.numbers)
    TrainAlertsView(alerts: run.status?.alerts ?? [], isGrouped: true)
      .draw(on: &screen, in: layout.alerts)
    drawTabs(on: &screen, in: layout.tabs)
    for (panel, place) in layout.panels { draw(panel, run, on: &screen, in: place) }
  }

  private func draw(
    _ panel: TrainPanel, _ run: WatchedRun, on screen: inout Screen, in rect: Rect
  ) {
    guard !rect.isEmpty else { return }
    let isFocused = panel == train.panel
    switch panel {
    case .charts:
      TrainChartsView(train: train, context: context, isFocused: isFocused)
        .draw(on: &screen, in: rect)
    case .losses:
      TrainLossesView(run: run, train: train, context: context, isFocused: isFocused)
        .draw(on: &screen, in: rect)
    case .levels:
      TrainLevelsView(run: run, train: train, context: context, isFocused: isFocused)
        .draw(on: &screen, in: rect)
    case .pictures:
      TrainPicturesView(run: run, train: train, drawing: drawing, isFocused: isFocused)
        .draw(on: &screen, in: rect)
    case .alerts:
      let below = TrainHeading.draw("alerts", isFocused: isFocused, on: &screen, in: rect)
      TrainAlertsView(alerts: run.status?.alerts ?? []).draw(on: &screen, in: below)
    case .runs:
      TrainRunsView(train: train, isFocused: isFocused).draw(on: &screen, in: rect)
    }
  }

  private func drawTabs(on screen: inout Screen, in rect: Rect) {
    guard !rect.isEmpty else { return }
    var x = rect.x + 1
    for panel in TrainPanel.allCases {
      let isShown = panel == train.panel
      x += screen.put(
        isShown ? "[\(name(panel))]" : " \(name(panel)) ", x: x, y: rect.y,
        style: Style(isShown ? .accent : .secondary, on: .background, isShown ? .bold : []),
        limit: max(0, rect.maxX - x))
    }
    let text = TrainCursorText.of(train)
    guard rect.maxX - x > text.columns + 1 else { return }
    screen.put(
      text, x: rect.maxX - text.columns - 1, y: rect.y,
      style: Style(train.charts.cursor == nil ? .secondary : .playhead))
  }

  private func name(_ panel: TrainPanel) -> String {
    let count = train.watched?.status?.alerts.count ?? 0
    return panel == .alerts && count > 0 ? "alerts \(count)" : panel.rawValue
  }

  private func drawEmpty(on screen: inout Screen, in rect: Rect) {
    guard train.isListed else {
      screen.put(
        "looking for runs in \(train.folder)/ …", in: rect, row: rect.height / 2,
        style: Style(.secondary), alignment: .centre)
      return
    }
    let lines = [
      "No run in \(train.folder)/ yet.", "",
      "n   begins one by a plan (tab completes the names)",
      "O   overfits one clip: can the model learn at all?",
      "Q   trains with the quantizer off: is it the codes?",
      ":watch FOLDER   opens a run from elsewhere",
    ]
    let block = rect.centred(
      Size(width: lines.map(\.columns).max() ?? 0, height: lines.count))
    for (row, line) in lines.enumerated() {
      screen.put(line, in: block, row: row, style: Style(row == 0 ? .text : .secondary))
    }
  }
}

/// The heading of a part of the screen.
enum TrainHeading {
  /// Returns what is left below it.
  static func draw(
    _ text: String, note: String = "", isFocused: Bool, on screen: inout Screen, in rect: Rect
  ) -> Rect {
    let (line, below) = rect.splitTop(rect.height >= 3 ? 1 : 0)
    guard !line.isEmpty else { return below }
    let used = screen.put(
      (isFocused ? "▸" : " ") + text, x: line.x, y: line.y,
      style: Style(isFocused ? .accent : .title, on: .background, .bold), limit: line.width)
    screen.put(
      note, x: line.x + used + 2, y: line.y, style: Style(.secondary),
      limit: max(0, line.width - used - 2))
    return below
  }
}

/// Which step is read out, and which are shown.
enum TrainCursorText {
  static func of(_ train: TrainModel) -> String {
    let visible = train.visible
    var text = train.charts.cursor == nil ? "latest" : "at step \(train.cursor)"
    if train.charts.window != nil { text += ", \(visible.lowerBound)–\(visible.upperBound)" }
    return text
  }
}
