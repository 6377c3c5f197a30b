import TokenizerEngine

/// What was made, is being made and waits; the newest at the bottom.
struct GenerateResultsView {
  let model: AppModel
  let context: DrawingContext

  private var generate: GenerateModel { model.generate }

  func draw(on screen: inout Screen, in rect: Rect) {
    guard rect.height >= 1, rect.width >= 8 else { return }
    let below = TrainHeading.draw(
      "results", note: note, isFocused: generate.part == .results, on: &screen, in: rect)
    let results = generate.results
    guard !results.isEmpty else {
      let guide = below.width >= 30 ? Self.guide : Self.shortGuide
      for (row, line) in guide.prefix(below.height).enumerated() {
        screen.put(
          line.key, x: below.x + 1, y: below.y + row,
          style: Style(.hotKey, on: .background, .bold), limit: below.width - 1)
        screen.put(
          line.text, x: below.x + 7, y: below.y + row, style: Style(.secondary),
          limit: max(0, below.width - 7))
      }
      return
    }
    let first = Self.first(generate, rows: below.height)
    for (row, result) in results.dropFirst(first).prefix(below.height).enumerated() {
      draw(
        result, on: &screen, in: Rect(x: below.x, y: below.y + row, width: below.width, height: 1))
    }
  }

  /// What to press, in the order in which it is needed.
  static let guide: [(key: String, text: String)] = [
    ("↑↓←→", "move the box"), ("mouse", "drag over the picture"),
    ("m", "from a frame, to a frame"), ("r", "write a sentence"), ("g", "make it anew"),
    ("G", "with four seeds"), ("a", "accept what you like"),
  ]

  private static let shortGuide: [(key: String, text: String)] = [
    ("r", "sentence"), ("↑↓←→", "box"), ("g", "make it"), ("G", "4 seeds"), ("a", "accept"),
    ("m", "frames"), ("mouse", "drag a box"),
  ]

  private var note: String {
    let waiting = generate.queue.count
    var parts: [String] = []
    if waiting > 1 { parts.append("\(waiting) to go") }
    if generate.undo > 0 { parts.append("\(generate.undo) accepted, u") }
    return parts.joined(separator: " · ")
  }

  private static func first(_ generate: GenerateModel, rows: Int) -> Int {
    let place = generate.results.firstIndex { $0.id == generate.shown } ?? 0
    return max(0, min(place - rows / 2, generate.results.count - rows))
  }

  /// The result that stands in a row of the screen.
  func result(atY y: Int, in rect: Rect) -> JobID? {
    let below = rect.splitTop(rect.height >= 3 ? 1 : 0).rest
    let place = Self.first(generate, rows: below.height) + y - below.y
    guard y >= below.y, generate.results.indices.contains(place) else { return nil }
    return generate.results[place].id
  }

  private func draw(_ result: Regeneration, on screen: inout Screen, in rect: Rect) {
    let isShown = result.id == generate.shown
    let isAccepted = generate.accepted.contains(result.id)
    let surface: ThemeRole = isShown ? .selection : .background
    if isShown { screen.fill(rect, style: Style(.text, on: surface)) }
    let plain: ThemeRole = isShown ? .selectionText : .text
    var x = rect.x + 1
    x += screen.put(
      ResultText.glyph(result, isAccepted), x: x, y: rect.y,
      style: Style(
        isShown ? .selectionText : ResultText.role(result, isAccepted), on: surface, .bold))
    x += screen.put(
      " \(result.number)  ", x: x, y: rect.y, style: Style(plain, on: surface, .bold))
    let right = ResultText.state(result, isAccepted)
    let room = rect.maxX - x - 1
    let end = rect.maxX - right.columns - 1
    if let progress = result.progress, room - right.columns >= 6 {
      screen.bar(
        progress.fraction, x: x, y: rect.y, width: room - right.columns - 1, context: context)
    } else {
      let title = "seed \(result.request.settings.seed)"
      let prompt = "  " + result.request.prompt
      var used = screen.put(
        title, x: x, y: rect.y, style: Style(plain, on: surface),
        limit: max(0, end - x - 1))
      if end - x - used > 9 {
        used += screen.put(
          prompt, x: x + used, y: rect.y,
          style: Style(isShown ? .selectionText : .secondary, on: surface),
          limit: end - x - used - 1)
      }
    }
    screen.put(
      right, x: max(x, end), y: rect.y,
      style: Style(isShown ? .selectionText : ResultText.role(result, isAccepted), on: surface),
      limit: max(0, rect.maxX - max(x, end)))
  }
}

/// The state of a result in a glyph, a word and a colour: none of them alone.
enum ResultText {
  static func glyph(_ result: Regeneration, _ isAccepted: Bool) -> String {
    switch result.state {
    case .waiting: "…"
    case .running: "▶"
    case .finished: isAccepted ? "●" : "✓"
    case .failed: "✗"
    }
  }

  static func role(_ result: Regeneration, _ isAccepted: Bool) -> ThemeRole {
    switch result.state {
    case .waiting: .secondary
    case .running: .accent
    case .finished: isAccepted ? .mark : .success
    case .failed: .error
    }
  }

  static func state(_ result: Regeneration, _ isAccepted: Bool = false) -> String {
    switch result.state {
    case .waiting: return "waits"
    case .running(let progress):
      let left = progress.secondsLeft.map { ", " + TrainNumbersView.span($0) } ?? ""
      return Numbers.percent(progress.fraction, 0) + left
    case .finished: return isAccepted ? "accepted" : "done"
    case .failed: return "failed"
    }
  }

  /// Words that the prior's vocabulary has no whole entry for.
  static func unknown(_ words: [String]) -> String {
    "not in the vocabulary, read in pieces: "
      + words.map(PromptReading.short).joined(separator: ", ")
  }

  /// How much of what was made anew is another token now.
  static func tokens(_ report: RegenerationReport) -> String {
    let (changed, redrawn) = (report.changed.reduce(0, +), report.redrawn.reduce(0, +))
    return "\(Numbers.grouped(changed)) of \(Numbers.grouped(redrawn)) tokens changed"
  }

  /// How much of the picture outside the region is another one.
  static func outside(_ report: RegenerationReport) -> String {
    guard report.outsidePixels > 0, let after = report.changedOutside else {
      return "no pixel lies outside"
    }
    let before = report.changedOutsideBeforeBlending.map {
      ", \(Numbers.percent($0, 1)) before blending"
    }
    return "outside \(Numbers.percent(after, 2)) changed" + (before ?? "")
  }

  /// A region in few words.
  static func region(_ region: Regeneration) -> String {
    let region = region.request.region
    var parts = [
      region.box.map { "box \($0.width)x\($0.height) at \($0.x),\($0.y)" } ?? "whole picture",
      region.span.map { "frames \($0.lowerBound)–\($0.upperBound - 1)" } ?? "all frames",
    ]
    if let levels = region.levels {
      parts.append("levels " + levels.sorted(by: >).map(String.init).joined(separator: " "))
    }
    return parts.joined(separator: " · ")
  }
}

/// What the shown result was asked for, and what came of it.
struct GenerateDetailsView {
  let model: AppModel

  func draw(on screen: inout Screen, in rect: Rect) {
    guard !rect.isEmpty, let result = model.generate.result else { return }
    for (row, line) in lines(result, width: rect.width).prefix(rect.height).enumerated() {
      screen.put(
        line.text, x: rect.x, y: rect.y + row, style: Style(line.role), limit: rect.width)
    }
  }

  private func lines(
    _ result: Regeneration, width: Int
  ) -> [(text: String, role: ThemeRole)] {
    var lines: [(text: String, role: ThemeRole)] = []
    // The sentence stands above where it is still the same.
    if result.request.prompt != model.generate.prompt.input.text.trimmed {
      lines.append(("“\(result.request.prompt)”", .title))
    }
    if let report = result.report {
      if !report.unknownWords.isEmpty {
        lines.append((ResultText.unknown(report.unknownWords), .warning))
      }
      let made = "\(ResultText.tokens(report)) in \(Numbers.fixed(report.seconds, 1)) s"
      let outside = ResultText.outside(report)
      let both = made + " · " + outside
      lines += (both.columns <= width ? [both] : [made, outside]).map { ($0, .text) }
    }
    if model.isStale(result), !model.generate.accepted.contains(result.id), !result.isLive {
      lines.append(("made from the clip as it was before", .warning))
    }
    lines.append((ResultText.region(result), .secondary))
    return lines
  }
}
