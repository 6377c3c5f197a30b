/// The keys that matter now, as many as fit.
struct FooterView {
  let model: AppModel

  func draw(on screen: inout Screen, in rect: Rect) {
    guard !rect.isEmpty else { return }
    screen.fill(rect, style: Style(.secondary, on: .panel))
    // How to leave and where to find the rest are always there, at the right.
    let kept = hints.suffix(2)
    let width = { (hint: Hint) in hint.keys.columns + 1 + hint.text.columns }
    let reserved = kept.reduce(1) { $0 + width($1) + 2 }
    var x = rect.x + 1
    for (index, hint) in hints.enumerated() {
      let isKept = index >= hints.count - kept.count
      if index == hints.count - kept.count { x = max(x, rect.maxX - reserved + 1) }
      guard x + width(hint) <= rect.maxX - (isKept ? 0 : reserved) else { continue }
      screen.put(hint.keys, x: x, y: rect.y, style: Style(.hotKey, on: .panel, .bold))
      screen.put(
        hint.text, x: x + hint.keys.columns + 1, y: rect.y, style: Style(.text, on: .panel))
      x += width(hint) + 2
    }
  }

  private typealias Hint = (keys: String, text: String)

  private var hints: [Hint] {
    switch model.overlay {
    case .help: return [("type", "filter"), ("↑↓", "scroll"), ("esc", "close")]
    case .palette: return [("type", "search"), ("↑↓", "choose"), ("enter", "do"), ("esc", "close")]
    case .command: return [("tab", "complete"), ("enter", "do"), ("esc", "close")]
    case nil: break
    }
    let play = ("space", model.clip.playback.isPlaying ? "pause" : "play")
    let step = (", .", "step")
    let end = [(":", "command"), ("^P", "search"), ("q", "quit"), ("?", "help")]
    let cancel = model.jobs.isEmpty ? [] : [("x", "cancel")]
    switch model.view {
    case .clip:
      let pictures = ("tab", "pictures")
      let unmute = model.tokens.mutes.isEmpty ? [] : [("U", "unmute")]
      return [play, step] + cancel + unmute
        + [("a", loopHint), ("m", "mark"), pictures, ("b", "pixels"), ("T", "theme")] + end
    case .tokens:
      if model.tokens.bit != nil {
        return [("←→", "bit"), ("f", "flip")] + undo + [("d", effectsHint), ("tab", "grid")]
          + cancel
          + [("B", muteBitHint), ("U", "unmute"), ("s", "set code")] + end
      }
      let editing = model.tokens.editing
      if editing.anchor != nil {
        return [("↑↓←→ , .", "size of the box"), ("y", "copy"), ("p", "paste"), ("v", "no box")]
          + cancel + end
      }
      return [("↑↓←→", "token"), ("{ }", "level"), step] + cancel
        + [("tab", "bits"), ("s", "set")] + undo
        + (editing.copied == nil
          ? [("y", "copy")] : [("p", "paste"), ("i", "towards"), ("y", "copy")])
        + [("v", "box"), ("d", effectsHint), ("n", "next same"), ("M", muteHint), play] + end
    case .train: return trainHints + end
    case .generate where model.generate.prompt.isTyping:
      return [("enter", "make it"), ("↑↓", "earlier ones"), ("^U", "clear"), ("esc", "leave")]
    case .generate: return generateHints(cancel: cancel) + [play, step] + end
    case .codebook where model.codebook.search != nil:
      return [("↑↓", "choose"), ("enter", "open"), ("/", "search"), ("esc", "back")] + cancel + end
    case .codebook where model.codebook.gallery != nil:
      let sides: [Hint] = model.codebook.gallery?.search == nil ? [] : [("tab", "clip or index")]
      return [("↑↓←→", "patch"), ("enter", "to its place")] + sides
        + [("[ ]", "code"), ("{ }", "level"), ("esc", "back")] + cancel + end
    case .codebook:
      let lists: [Hint] =
        model.codebook.pointed == nil
        ? []
        : [("↑↓", "choose"), ("n", "next place"), ("o", model.brush == nil ? "light" : "put out")]
      let measure: [Hint] =
        model.codebook.panel == .time
        ? [("v", "measure")] : model.codebook.panel == .ladder ? [("g", "measure")] : []
      let search: [Hint] = model.index == nil ? [] : [("/", "search")]
      return [("tab", "parts"), ("enter", "patches")] + search + lists + measure + [
        ("{ }", "level"), step,
      ] + cancel
        + [("S", "symbols"), ("y", "copy"), play] + end
    }
  }

  /// What comes next, in the order in which it is needed.
  private func generateHints(cancel: [Hint]) -> [Hint] {
    let generate = model.generate
    let hasSentence = !generate.prompt.input.text.trimmed.isEmpty
    let write: Hint = ("r", "sentence")
    let make: [Hint] = [("g", "make"), ("G", "4 seeds")]
    let part: [Hint]
    switch generate.part {
    case .region:
      part = [
        ("↑↓←→", generate.region.isSizing ? "size" : "box"),
        ("s", generate.region.isSizing ? "move" : "size"), ("m", "frames"), ("p", "presets"),
      ]
    case .settings: part = [("↑↓", "setting"), ("←→", "change"), ("P", "presets")]
    case .results: part = [("↑↓", "result")]
    }
    let tab: [Hint] = [("tab", "parts")]
    guard let result = generate.result else {
      return [write] + (hasSentence ? make : []) + part + tab
    }
    let undo: [Hint] = generate.undo > 0 ? [("u", "undo")] : []
    guard result.state == .finished else { return cancel + [("v", "compare"), write] + part + tab }
    return [("v", "compare"), ("a", "accept"), ("e", "export"), ("d", "new seed")] + undo + cancel
      + [write] + part + tab + [("y", "copy")]
  }

  private var trainHints: [(keys: String, text: String)] {
    let train = model.train
    let start = [("n", "new run")]
    guard let run = train.watched else { return start }
    var hints: [(keys: String, text: String)]
    switch train.panel {
    case .charts, .losses, .alerts:
      hints = [("←→", "cursor"), ("+ -", "zoom"), ("s", "smooth"), ("L", "log")]
    case .levels: hints = [("←→", "cursor"), ("↑↓", "level")]
    case .pictures: hints = [("←→", "step"), ("↑↓", "clip")]
    case .runs: hints = [("↑↓", "run"), ("enter", "watch"), ("v", "compare")]
    }
    hints.insert(("tab", "parts"), at: 0)
    if train.charts.cursor != nil || train.charts.end != nil { hints.append(("end", "follow")) }
    switch run.status?.state {
    case .running: hints += [("p", "pause"), ("C", "save"), ("R", "rate"), ("w", "weight")]
    case .paused: hints += [("p", "go on"), ("R", "rate"), ("w", "weight")]
    case .stopped, .failed, .crashed: hints += [("r", "resume")]
    default: break
    }
    return hints + start
  }

  private var loopHint: String {
    guard let loop = model.clip.loop else { return "loop" }
    return loop.end == nil ? "loop end" : "loop off"
  }

  private var undo: [Hint] {
    (model.generate.undo > 0 ? [("u", "undo")] : [])
      + (model.generate.redo > 0 ? [("^R", "redo")] : [])
  }

  private var effectsHint: String {
    model.tokens.editing.isExplaining ? "picture" : "what bits do"
  }

  private var muteHint: String {
    model.tokens.mutes.contains(level: model.tokens.level) ? "unmute" : "mute"
  }

  private var muteBitHint: String {
    let isMuted = model.tokens.mutes.contains(
      bit: model.tokens.bit ?? 0, level: model.tokens.level)
    return isMuted ? "unmute" : "mute"
  }
}
