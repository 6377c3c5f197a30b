import TokenizerEngine

/// How the run stands: state, progress, what is left, and how fast it goes.
struct TrainNumbersView {
  let run: WatchedRun
  let train: TrainModel
  let context: DrawingContext

  func draw(on screen: inout Screen, in rect: Rect) {
    guard rect.height > 0 else { return }
    drawProgress(on: &screen, in: rect)
    if rect.height > 1 {
      InfoLine(pieces: pieces).draw(
        on: &screen,
        in: Rect(x: rect.x + 1, y: rect.y + 1, width: rect.width - 2, height: 1))
    }
    if rect.height > 2, let request = run.status?.journal.last {
      drawRequest(
        request, on: &screen,
        in: Rect(x: rect.x + 1, y: rect.y + 2, width: rect.width - 2, height: 1))
    }
  }

  private func drawProgress(on screen: inout Screen, in rect: Rect) {
    var x = rect.x + 1
    let state = run.status?.state
    x +=
      screen.put(
        TrainStateText.of(state), x: x, y: rect.y,
        style: Style(TrainStateText.role(state), on: .background, .bold)) + 2
    x +=
      screen.put(
        run.name, x: x, y: rect.y, style: Style(.title, on: .background, .bold),
        limit: max(8, rect.width / 4)) + 2
    let text = progressText
    let room = rect.maxX - x - text.columns - 2
    if room >= 6, let share {
      screen.bar(share, x: x, y: rect.y, width: min(40, room), context: context)
      x += min(40, room) + 1
    }
    screen.put(text, x: x, y: rect.y, style: Style(.text), limit: max(0, rect.maxX - x))
  }

  private var share: Double? {
    guard let steps = run.status?.steps, steps > 0 else { return nil }
    return Double(run.history.lastStep) / Double(steps)
  }

  private var progressText: String {
    var text = "step \(run.history.lastStep)"
    if let steps = run.status?.steps { text += "/\(steps)" }
    if let left = run.status?.secondsLeft, run.isAlive { text += " · \(Self.span(left)) left" }
    return text
  }

  private var pieces: [InfoLine.Piece] {
    let history = run.history
    func last(_ metric: TrainMetric) -> Double? { history[metric]?.last }
    var pieces: [InfoLine.Piece] = []
    if let share = run.status?.readShare {
      pieces.append(
        .init(text: "reading, \(Numbers.percent(share, 0)) done", rank: 0, role: .warning))
    }
    if let fault = run.fault { pieces.append(.init(text: fault, rank: 0, role: .error)) }
    if let loss = last(.loss) {
      pieces.append(.init(text: "loss " + NumberText.compact(loss), rank: 0, role: .accent))
    }
    if let rate = last(.learningRate) {
      pieces.append(.init(text: "lr " + Self.scientific(rate), rank: 1))
    }
    if let speed = last(.framesPerSecond) {
      pieces.append(.init(text: NumberText.compact(speed) + " frames/s", rank: 2))
    }
    if let seconds = last(.stepSeconds), seconds > 0 {
      pieces.append(.init(text: NumberText.compact(seconds) + " s/step", rank: 4))
      if let wait = last(.dataWait) {
        let share = wait / max(seconds, wait)
        pieces.append(
          .init(
            text: "data wait " + Numbers.percent(share, 0), rank: 3,
            role: share > 0.2 ? .warning : .text))
      }
    }
    if let memory = last(.memory) {
      pieces.append(.init(text: Numbers.bytes(memory), rank: 5))
    }
    if !history.stage.isEmpty, run.status?.stages.count ?? 0 > 1 || history.stage != run.name {
      pieces.append(.init(text: stageText, rank: 6, role: .secondary))
    }
    if let host = run.status?.host, let id = run.status?.processID, run.isAlive {
      pieces.append(.init(text: "process \(id) on \(host)", rank: 7, role: .secondary))
    }
    return pieces
  }

  private var stageText: String {
    let stages = run.status?.stages ?? []
    guard stages.count > 1, let place = stages.firstIndex(where: { $0.name == run.history.stage })
    else { return "stage " + run.history.stage }
    return "stage \(run.history.stage), \(place + 1) of \(stages.count)"
  }

  private func drawRequest(
    _ request: RunStatus.Request, on screen: inout Screen, in rect: Rect
  ) {
    let name = RequestText.of(request)
    let (text, role): (String, ThemeRole) =
      switch request.answer {
      case nil: ("waits for the trainer", .warning)
      case .some(let answer) where answer.applied: ("done at step \(answer.step)", .success)
      case .some(let answer): ("refused: \(answer.reason)", .error)
      }
    let used = screen.put("» \(name): ", x: rect.x, y: rect.y, style: Style(.secondary))
    screen.put(
      text, x: rect.x + used, y: rect.y, style: Style(role), limit: max(0, rect.width - used))
  }

  /// 3e-4, and 1.5e-4 where one digit does not say it.
  static func scientific(_ value: Double) -> String {
    guard value > 0, value < 0.01 else { return NumberText.compact(value) }
    var (mantissa, exponent) = (value, 0)
    while mantissa < 0.9995 {
      mantissa *= 10
      exponent -= 1
    }
    return "\(NumberText.compact(mantissa))e\(exponent)"
  }

  /// 45 s, 12 min, 3 h 20 min, 2 d 4 h.
  static func span(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "–" }
    let whole = Int(max(0, seconds).rounded())
    if whole < 100 { return "\(whole) s" }
    let minutes = (whole + 30) / 60
    if minutes < 100 { return "\(minutes) min" }
    let hours = minutes / 60
    return hours < 48 ? "\(hours) h \(minutes % 60) min" : "\(hours / 24) d \(hours % 24) h"
  }
}
