import TokenizerEngine

/// What runs in the background, else what there is to say; never both lost.
struct StatusView {
  let model: AppModel
  let context: DrawingContext

  func draw(on screen: inout Screen, in rect: Rect) {
    guard !rect.isEmpty else { return }
    screen.fill(rect)
    var left = rect.inset(columns: min(1, rect.width / 2), rows: 0)
    if let figures {
      let (rest, right) = left.splitRight(figures.columns)
      if rest.width >= 30 {
        screen.put(figures, in: right, style: Style(.secondary), alignment: .trailing)
        left = rest
      }
    }
    if let job = model.shownJob {
      let used = draw(job, on: &screen, in: left)
      left = left.splitLeft(used + 2).rest
    }
    guard let notice = model.notice, left.width > 4 else {
      if model.shownJob == nil { screen.put(summary, in: left, style: Style(.secondary)) }
      return
    }
    screen.put(
      notice.text, in: left,
      style: notice.isError ? Style(.error, on: .background, .bold) : Style(.information))
  }

  /// What there is, while nothing runs and nothing is to be said.
  private var summary: String {
    if model.view == .train { return trainSummary }
    if let fault = model.modelFault { return fault }
    guard let pyramid = model.tokens.pyramid, let clip = model.clip.summary else { return "" }
    let tokens = pyramid.tokens
    let pixels = Double(clip.frameCount * clip.width * clip.height)
    let rate = Double(tokens * pyramid.bits) / max(1, pixels)
    let known = pyramid.knownTokens
    let share = Double(known) / Double(max(1, tokens))
    return "\(Numbers.grouped(tokens)) tokens, \(Numbers.fixed(rate, 3)) bits per pixel"
      + (known == tokens ? "" : ", \(Numbers.percent(share, 0)) of them found; t finds the rest")
      + (model.caption.map { ", caption “\($0)”" } ?? "") + changes
  }

  /// How many steps lie between the tokens and those that were found.
  private var changes: String {
    let count = model.generate.undo
    guard count > 0, model.view != .generate else { return "" }
    return ", \(count) change\(count == 1 ? "" : "s"); u takes one back"
  }

  /// What the charts show now.
  private var trainSummary: String {
    let controls = model.train.charts
    guard model.train.watched != nil else { return "" }
    var text = TrainCursorText.of(model.train)
    if controls.smoothing > 0 {
      text += " · smoothing \(Numbers.short(Double(controls.smoothing)))"
    }
    if !controls.filter.isEmpty { text += " · charts with “\(controls.filter)”" }
    return text
  }

  /// Title, gauge, share and speed; returns the columns it took.
  private func draw(_ job: Job, on screen: inout Screen, in rect: Rect) -> Int {
    // An error needs its room; the job keeps at least its share.
    let room = model.notice == nil ? rect.width : min(rect.width, rect.width / 2)
    var x = rect.x
    x += screen.put(job.title + " ", x: x, y: rect.y, style: Style(.text), limit: room)
    guard let progress = job.progress else {
      x += screen.put("…", x: x, y: rect.y, style: Style(.secondary))
      return drawCancelKey(on: &screen, x: x, y: rect.y, maxX: rect.x + room) - rect.x
    }
    var text = Numbers.fixed(progress.fraction * 100, 0) + " %"
    if let made = model.generate.results.first(where: { $0.id == job.id })?.progress {
      text += "  level \(made.level)"
      if let left = made.secondsLeft { text += ", \(TrainNumbersView.span(left)) left" }
    }
    if progress.framesPerSecond > 0 {
      text += "  \(Numbers.short((progress.framesPerSecond * 10).rounded() / 10)) frames/s"
    }
    let gauge = min(24, max(0, room - (x - rect.x) - max(20, text.columns + 2)))
    if gauge >= 4 {
      screen.bar(progress.fraction, x: x, y: rect.y, width: gauge, context: context)
      x += gauge + 1
    }
    x += screen.put(text, x: x, y: rect.y, style: Style(.text), limit: rect.x + room - x)
    return drawCancelKey(on: &screen, x: x, y: rect.y, maxX: rect.x + room) - rect.x
  }

  /// Where there is room for it; returns the next free column.
  private func drawCancelKey(on screen: inout Screen, x: Int, y: Int, maxX: Int) -> Int {
    guard maxX - x > 11 else { return x }
    var x = x + 2
    x += screen.put("x", x: x, y: y, style: Style(.hotKey, on: .background, .bold))
    return x + screen.put(" cancels", x: x, y: y, style: Style(.secondary))
  }

  /// Speed of drawing while playing.
  private var figures: String? {
    let presenter = model.presenter
    guard model.clip.playback.isPlaying, presenter.framesPerSecond > 0 else { return nil }
    var text = "fps \(Numbers.fixed(presenter.framesPerSecond, 0))"
    if let summary = model.clip.summary {
      text += "/\(Numbers.fixed(summary.frameRate * model.clip.playback.speed, 0))"
    }
    return (presenter.isLinkSlow ? "slow link  " : "") + text + "  "
      + Numbers.bytes(presenter.bytesPerSecond) + "/s"
  }
}
