import TokenizerEngine
import VideoIO

/// The source and what was made of it, as they are to be compared.
struct GeneratePicturesView {
  let model: AppModel
  let context: DrawingContext
  let drawing: FrameDrawing

  private var generate: GenerateModel { model.generate }
  private var clip: ClipModel { model.clip }
  private var index: Int { clip.picture?.index ?? clip.playhead }

  func draw(on screen: inout Screen, layout: GenerateLayout) {
    let cells = layout.panes.reduce(0) { $0 + $1.picture.size.area }
    let drawing = drawing.sharing(cells: cells)
    for pane in layout.panes { draw(pane, by: drawing, on: &screen) }
  }

  private func draw(
    _ pane: GeneratePane, by drawing: FrameDrawing, on screen: inout Screen
  ) {
    drawTitle(pane, on: &screen)
    guard !pane.picture.isEmpty else { return }
    if pane.kind == .result(nil) || (fault(pane) != nil) {
      return drawWords(pane, on: &screen)
    }
    guard let frame = frame(pane.kind) else {
      screen.fill(pane.picture, style: Style(.secondary, on: .panel))
      return screen.put(
        absence, in: pane.picture,
        row: pane.picture.height / 2, style: Style(.secondary, on: .panel), alignment: .centre)
    }
    drawing.draw(
      frame, as: "generate \(pane.picture.x) \(pane.picture.y)", on: &screen, in: pane.picture,
      outline: outline(pane.kind))
    if pane.kind == .both, generate.comparison == .wipe {
      let x =
        pane.picture.x
        + min(pane.picture.width - 1, Int(generate.wipe * Double(pane.picture.width)))
      for y in pane.picture.y..<pane.picture.maxY {
        screen[x, y] = Cell("│", style: Style(.role(.playhead), on: screen[x, y].style.background))
      }
    }
  }

  private var absence: String {
    if model.modelFault != nil { return "no model" }
    return source == nil ? "decoding …" : "not kept; X, then g"
  }

  // MARK: What is shown

  private var source: Frame? {
    clip.reconstruction(of: index, muting: model.tokens.mutes) ?? clip.picture?.frame
  }

  /// What was not made anew is the source's.
  private func made(_ id: JobID?) -> Frame? {
    guard let result = generate.results.first(where: { $0.id == id }) else { return source }
    if let frame = result.frames[index] { return frame }
    return result.span?.contains(index) == true ? nil : source
  }

  private func frame(_ kind: GeneratePicture) -> Frame? {
    switch kind {
    case .source: return source
    case .result(let id): return made(id)
    case .difference:
      guard let source, let made = made(generate.shown) else { return nil }
      return FrameComparison.difference(source, made)
    case .both:
      guard generate.result != nil else { return source }
      if generate.comparison == .blink {
        return generate.blink.showsResult ? made(generate.shown) : source
      }
      return wiped(source, made(generate.shown))
    }
  }

  /// The source to the left of the line, the result to the right.
  private func wiped(_ source: Frame?, _ made: Frame?) -> Frame? {
    guard let source, var result = made, source.width == result.width,
      source.height == result.height
    else { return source }
    let columns = Int((generate.wipe * Double(source.width)).rounded())
    let line = 3 * source.width
    for y in 0..<source.height where columns > 0 {
      let span = y * line..<y * line + 3 * min(columns, source.width)
      result.pixels.replaceSubrange(span, with: source.pixels[span])
    }
    return result
  }

  /// The box, on the source and wherever it is changed just now.
  private func outline(_ kind: GeneratePicture) -> BoxOutline? {
    let region = generate.region
    guard region.usesBox, clip.summary != nil else { return nil }
    switch kind {
    case .source: break
    case .both where generate.part == .region && generate.result == nil: break
    default: return nil
    }
    let isInside = region.span?.contains(index) ?? true
    return BoxOutline(
      box: Rect(
        x: region.box.x, y: region.box.y, width: region.box.width, height: region.box.height),
      role: isInside ? .playhead : .secondary,
      dimsTheRest: isInside && generate.part == .region && !isGallery)
  }

  // MARK: Words

  private func drawTitle(_ pane: GeneratePane, on screen: inout Screen) {
    guard !pane.title.isEmpty else { return }
    let isShown = isGallery && pane.kind == .result(generate.shown)
    let used = screen.put(
      (isShown ? "▸" : "") + title(pane.kind), x: pane.title.x, y: pane.title.y,
      style: Style(isShown ? .accent : .title, on: .background, .bold), limit: pane.title.width)
    let note = note(pane.kind)
    guard note.columns + used + 2 <= pane.title.width else { return }
    screen.put(note, in: pane.title, style: Style(.secondary), alignment: .trailing)
  }

  private var isGallery: Bool { generate.comparison == .gallery }

  private func title(_ kind: GeneratePicture) -> String {
    switch kind {
    case .source: return generate.undo > 0 ? "clip, as accepted" : "clip"
    case .difference: return "difference x4"
    case .both:
      guard let result = generate.result else { return "clip" }
      if generate.comparison == .wipe { return "clip │ result \(result.number)" }
      return generate.blink.showsResult ? "result \(result.number)" : "clip"
    case .result(let id):
      guard let result = generate.results.first(where: { $0.id == id }) else { return "result" }
      return isGallery ? "\(result.number)" : "result \(result.number)"
    }
  }

  private func note(_ kind: GeneratePicture) -> String {
    switch kind {
    case .source:
      return clip.summary.map { "frame \(clip.playhead)/\(max(0, $0.frameCount - 1))" } ?? ""
    case .result(let id):
      guard let result = generate.results.first(where: { $0.id == id }) else { return "" }
      let seed = "seed \(result.request.settings.seed)"
      return result.isLive ? ResultText.state(result) : seed
    case .both: return generate.comparison == .wipe ? "< > moves the line" : ""
    case .difference: return ""
    }
  }

  private func fault(_ pane: GeneratePane) -> String? {
    guard case .result(let id) = pane.kind else { return nil }
    return generate.results.first { $0.id == id }?.fault
  }

  /// Why there is no picture, or what is to be done to get one.
  private func drawWords(_ pane: GeneratePane, on screen: inout Screen) {
    let rect = pane.picture
    screen.fill(rect, style: Style(.secondary, on: .panel))
    let inside = rect.inset(columns: min(1, rect.width / 4), rows: 0)
    let fault = fault(pane)
    let lines =
      fault.map { Paragraph.lines($0, width: inside.width) }
      ?? ["Choose a part,", "write a sentence (r),", "and see it made anew."].flatMap {
        Paragraph.lines($0, width: inside.width)
      }
    let first = max(0, (inside.height - lines.count) / 2)
    for (row, line) in lines.prefix(inside.height).enumerated() {
      screen.put(
        line, in: inside, row: first + row,
        style: Style(fault == nil ? .secondary : .error, on: .panel), alignment: .centre)
    }
  }
}

/// Text in lines of a width.
enum Paragraph {
  static func lines(_ text: String, width: Int) -> [String] {
    guard width > 0 else { return [] }
    var lines: [String] = []
    for word in text.split(separator: " ").map(String.init) {
      if let last = lines.last, last.columns + 1 + word.columns <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        var rest = word
        while rest.columns > width {
          lines.append(String(rest.prefix(width)))
          rest = String(rest.dropFirst(width))
        }
        lines.append(rest)
      }
    }
    return lines
  }
}
