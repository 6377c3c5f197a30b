import TokenizerEngine

/// The runs of the folder: how each stands, which is watched, and which it is compared with.
struct TrainRunsView {
  let train: TrainModel
  let isFocused: Bool

  private struct Line {
    var path: String
    var name: String
    var state: RunPhase?
    var step: Int
    var loss: Double?
  }

  func draw(on screen: inout Screen, in rect: Rect) {
    let below = TrainHeading.draw(
      "runs in \(train.folder)/", note: isFocused ? "enter watches, v compares" : "",
      isFocused: isFocused, on: &screen, in: rect)
    let lines =
      elsewhere
      + train.list.map {
        Line(path: $0.path, name: $0.name, state: $0.state, step: $0.step, loss: $0.loss)
      }
    let chosen = train.selection + elsewhere.count
    let first = max(0, min(chosen - below.height / 2, lines.count - below.height))
    for (row, line) in lines.dropFirst(first).prefix(below.height).enumerated() {
      draw(
        line, isChosen: isFocused && first + row == chosen, on: &screen,
        in: Rect(x: below.x, y: below.y + row, width: below.width, height: 1))
    }
    if lines.isEmpty {
      screen.put("none; n begins one", in: below, style: Style(.secondary))
    }
  }

  /// The place in the folder's list of what stands in a row of the screen.
  func selection(atY y: Int, in rect: Rect) -> Int? {
    let below = rect.splitTop(rect.height >= 3 ? 1 : 0).rest
    let count = elsewhere.count + train.list.count
    let chosen = train.selection + elsewhere.count
    let first = max(0, min(chosen - below.height / 2, count - below.height))
    let place = first + y - below.y - elsewhere.count
    return train.list.indices.contains(place) ? place : nil
  }

  /// Runs on screen that lie in other folders.
  private var elsewhere: [Line] {
    train.runs.filter { run in !train.list.contains { $0.path == run.path } }.map {
      Line(
        path: $0.path, name: $0.path, state: $0.status?.state, step: $0.history.lastStep,
        loss: $0.history[.loss]?.last)
    }
  }

  private func draw(_ line: Line, isChosen: Bool, on screen: inout Screen, in rect: Rect) {
    let surface: ThemeRole = isChosen ? .selection : .background
    if isChosen { screen.fill(rect, style: Style(.text, on: surface)) }
    if let place = train.runs.firstIndex(where: { $0.path == line.path }) {
      screen.put(
        String(TrainMarker.of(place)), x: rect.x + 1, y: rect.y,
        style: Style(.series(place), on: surface, .bold))
    }
    let numbers =
      (line.loss.map { "loss \(NumberText.compact($0))  " } ?? "") + "step \(line.step)"
    let state = TrainStateText.of(line.state)
    let room = rect.width - 4 - 12 - numbers.columns - 2
    screen.put(
      line.name, x: rect.x + 3, y: rect.y,
      style: Style(isChosen ? .selectionText : .text, on: surface), limit: max(6, room))
    screen.put(
      state, x: rect.x + 4 + max(6, room), y: rect.y,
      style: Style(TrainStateText.role(line.state), on: surface), limit: 11)
    screen.put(
      numbers, in: rect.splitRight(1).rest.splitRight(numbers.columns).right,
      style: Style(isChosen ? .selectionText : .secondary, on: surface), alignment: .trailing)
  }
}
