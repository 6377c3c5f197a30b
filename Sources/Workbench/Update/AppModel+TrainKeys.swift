import TokenizerEngine

extension AppModel {
  mutating func perform(train action: Action) -> [Effect] {
    switch action {
    case .nextPanel: train.panel = train.panel.next(1)
    case .previousPanel: train.panel = train.panel.next(-1)
    case .panelUp: moveInPanel(by: -1)
    case .panelDown: moveInPanel(by: 1)
    case .panelEnter: return enterPanel()
    case .stepBack: moveCursor(columns: -1)
    case .stepForward: moveCursor(columns: 1)
    case .pageBack: pan(by: -1)
    case .pageForward: pan(by: 1)
    case .firstStep: goToFirstStep()
    case .followLatest:
      train.charts.end = nil
      train.charts.cursor = nil
    case .zoomIn: zoom(by: 0.5)
    case .zoomOut: zoom(by: 2)
    case .smoother: changeSmoothing(by: 1)
    case .rougher: changeSmoothing(by: -1)
    case .logarithmic: toggleLogarithmic()
    case .pinChart: togglePin()
    case .compareRun: return toggleComparison()
    case .pauseRun: return togglePause()
    case .resumeRun: return resumeRun()
    case .checkpointRun: return ask("checkpoint")
    case .stopRun: type("stop")
    case .setRate: type("lr ")
    case .setWeight: type("weight ")
    case .startRun: type("start ")
    case .startOverfit: type("start overfit")
    case .startUnquantized: type("start quantizer-off")
    case .filterCharts: type("filter " + train.charts.filter)
    case .nextPreview: changeClip(by: 1)
    case .previousPreview: changeClip(by: -1)
    default: break
    }
    return []
  }

  /// Opens the command line with a beginning, to be finished or given up.
  private mutating func type(_ text: String) { overlay = .command(CommandLine(text: text)) }

  private var charts: [TrainChart] { TrainChart.all(train) }

  private var focusedChart: TrainChart? {
    let charts = charts
    return charts.isEmpty ? nil : charts[min(train.charts.focus, charts.count - 1)]
  }

  private mutating func moveInPanel(by offset: Int) {
    switch train.panel {
    case .runs:
      train.selection = min(max(0, train.selection + offset), max(0, train.list.count - 1))
    case .levels: changeBandLevel(by: -offset)
    case .pictures: changeClip(by: offset)
    case .charts, .losses, .alerts:
      let count = charts.count
      train.charts.focus = min(max(0, train.charts.focus + offset), max(0, count - 1))
    }
  }

  private mutating func enterPanel() -> [Effect] {
    guard train.panel == .runs else {
      train.charts.isAlone.toggle()
      return []
    }
    guard train.list.indices.contains(train.selection) else { return [] }
    let path = train.list[train.selection].path
    guard train.watched?.path != path else { return [] }
    return watchOnly(path)
  }

  /// Beside the watched run, at most five others.
  private mutating func toggleComparison() -> [Effect] {
    guard train.list.indices.contains(train.selection) else { return [] }
    let path = train.list[train.selection].path
    var paths = train.runs.map(\.path)
    if let place = paths.firstIndex(of: path) {
      guard place > 0 else {
        say("This is the run that is watched; choose another to compare it with.")
        return []
      }
      paths.remove(at: place)
    } else {
      guard paths.count < Self.mostRuns else {
        say("\(Self.mostRuns) runs are as many as can be told apart.")
        return []
      }
      paths.append(path)
    }
    return [follow(paths)]
  }

  /// One column of a chart of common width, and never less than a step.
  private mutating func moveCursor(columns: Int) {
    let visible = train.visible
    let step = max(1, visible.count / 100)
    let range = train.steps
    let cursor = min(max(range.lowerBound, train.cursor + columns * step), range.upperBound)
    train.charts.cursor = cursor
    if cursor < visible.lowerBound {
      train.charts.end = cursor + visible.count - 1
    } else if cursor > visible.upperBound {
      train.charts.end = cursor
    }
  }

  private mutating func pan(by pages: Int) {
    let visible = train.visible
    guard train.charts.window != nil else {
      moveCursor(columns: pages * 10)
      return
    }
    let end = visible.upperBound + pages * max(1, visible.count / 2)
    train.charts.end = min(max(train.steps.lowerBound, end), train.steps.upperBound)
    if train.charts.end == train.steps.upperBound { train.charts.end = nil }
  }

  private mutating func goToFirstStep() {
    train.charts.cursor = train.steps.lowerBound
    if let window = train.charts.window { train.charts.end = train.steps.lowerBound + window - 1 }
  }

  /// Around the cursor where there is one, else towards the latest step.
  private mutating func zoom(by factor: Double) {
    let visible = train.visible
    let window = Int(Double(visible.count) * factor)
    guard window < train.steps.count else {
      train.charts.window = nil
      train.charts.end = nil
      return
    }
    let count = max(ChartControls.narrowestWindow, window)
    train.charts.window = count
    guard let cursor = train.charts.cursor else { return }
    let share = Double(cursor - visible.lowerBound) / Double(max(1, visible.count - 1))
    train.charts.end = cursor + Int((1 - share) * Double(count - 1))
  }

  private mutating func changeSmoothing(by offset: Int) {
    let all = ChartControls.smoothings
    let place = (all.firstIndex(of: train.charts.smoothing) ?? 0) + offset
    train.charts.smoothing = all[min(max(0, place), all.count - 1)]
    let text = Numbers.short(Double(train.charts.smoothing))
    say(train.charts.smoothing == 0 ? "Smoothing off" : "Smoothing \(text)")
  }

  private mutating func toggleLogarithmic() {
    guard let chart = focusedChart else { return }
    if train.charts.logarithmic.remove(chart.title) == nil {
      train.charts.logarithmic.insert(chart.title)
    }
  }

  private mutating func togglePin() {
    guard let chart = focusedChart else { return }
    if let place = train.charts.pins.firstIndex(of: chart.title) {
      train.charts.pins.remove(at: place)
    } else {
      train.charts.pins.append(chart.title)
    }
    train.charts.focus = charts.firstIndex(of: chart) ?? 0
  }

  private mutating func changeClip(by offset: Int) {
    let count = train.watched?.previews.map(\.clip).max() ?? 1
    train.clip = min(max(1, train.clip + offset), count)
  }

  private mutating func changeBandLevel(by offset: Int) {
    train.level = min(max(1, train.level + offset), max(1, train.watched?.history.levels ?? 1))
  }
}

extension Action {
  /// Whether it belongs to the Train screen alone.
  var isAboutTraining: Bool {
    switch self {
    case .nextPanel, .previousPanel, .panelUp, .panelDown, .panelEnter, .stepBack, .stepForward,
      .pageBack, .pageForward, .firstStep, .followLatest, .zoomIn, .zoomOut, .smoother, .rougher,
      .logarithmic, .pinChart, .filterCharts, .nextPreview, .previousPreview, .compareRun,
      .pauseRun, .resumeRun, .checkpointRun, .stopRun, .setRate, .setWeight, .startRun,
      .startOverfit, .startUnquantized:
      true
    default: false
    }
  }
}
