import TokenizerEngine
import VideoIO

/// Original, reconstruction and difference; timeline; what each level does over time.
struct ClipView {
  let model: AppModel
  let context: DrawingContext
  let drawing: FrameDrawing

  func draw(on screen: inout Screen, in rect: Rect) {
    guard let summary = model.clip.summary else { return drawEmpty(on: &screen, in: rect) }
    let layout = ClipLayout(
      content: rect, choice: model.clip.panes, width: summary.width, height: summary.height,
      frames: summary.frameCount)
    let drawing = drawing.sharing(cells: layout.panes.count * layout.pictureSize.area)
    for pane in layout.panes {
      draw(pane.kind, by: drawing, on: &screen, in: pane.rect, size: layout.pictureSize)
    }
    if let details = layout.details {
      DetailsView(model: model, context: context).draw(on: &screen, in: details)
    }
    InfoLine.clip(model).draw(on: &screen, in: layout.info)
    TimelineView(model: model).draw(on: &screen, layout: layout.timeline)
    ActivityStrip(model: model, context: context)
      .draw(on: &screen, in: layout.strips, timeline: layout.timeline)
  }

  private func drawEmpty(on screen: inout Screen, in rect: Rect) {
    let isOpening = model.jobs.contains { $0.kind == .opening }
    let lines =
      isOpening
      ? ["opening \(model.request?.name ?? "") …"]
      : ["No clip is open.", "", ":open PATH opens a video, a picture or a folder"]
    for (row, line) in lines.enumerated() {
      screen.put(
        line, in: rect, row: max(0, rect.height / 2 - lines.count / 2) + row,
        style: Style(.secondary), alignment: .centre)
    }
  }

  private func draw(
    _ kind: PaneChoice, by drawing: FrameDrawing, on screen: inout Screen, in rect: Rect,
    size: Size
  ) {
    let (titleRow, below) = rect.splitTop(rect.height > 2 ? 1 : 0)
    let picture = picture(kind)
    let place = below.centred(size)
    let title = Rect(
      x: place.x, y: titleRow.isEmpty ? rect.y : place.y - 1,
      width: max(place.width, min(24, rect.maxX - place.x)), height: titleRow.height)
    if let frame = picture {
      drawing.draw(
        frame, as: kind.rawValue, on: &screen, in: place,
        patches: model.brush.map {
          model.patches(litBy: $0, width: frame.width, height: frame.height)
        })
    } else {
      screen.fill(place, style: Style(.secondary, on: .panel))
      screen.put(
        absence(kind, width: place.width), in: place, row: place.height / 2,
        style: Style(.secondary, on: .panel),
        alignment: .centre)
    }
    let name = self.title(kind)
    let used = screen.put(
      name, x: title.x, y: title.y, style: Style(.title, on: .background, .bold),
      limit: title.width)
    let note = note(kind)
    if title.height > 0, note.columns + 2 + used <= title.width {
      screen.put(note, in: title, style: Style(.secondary), alignment: .trailing)
    }
  }

  private func picture(_ kind: PaneChoice) -> Frame? {
    let clip = model.clip
    let index = clip.picture?.index ?? clip.playhead
    let decoded = clip.reconstruction(of: index, muting: model.tokens.mutes)
    switch kind {
    case .reconstruction: return decoded
    case .difference:
      guard let original = clip.picture?.frame, let decoded else { return nil }
      return FrameComparison.difference(original, decoded)
    default: return clip.picture?.frame
    }
  }

  private func title(_ kind: PaneChoice) -> String {
    switch kind {
    case .reconstruction: model.tokens.mutes.isEmpty ? "reconstruction" : "with mutes"
    case .difference: "difference x4"
    default: "original"
    }
  }

  private func note(_ kind: PaneChoice) -> String {
    switch kind {
    case .reconstruction:
      guard let psnr = InfoLine.shownPSNR(model) else { return "" }
      return "PSNR " + Numbers.fixed(psnr, 2) + " dB"
    case .difference: return ""
    default: return model.clip.summary.map { "\($0.width)x\($0.height)" } ?? ""
    }
  }

  private func absence(_ kind: PaneChoice, width: Int) -> String {
    if kind == .original { return model.clip.pictureFault == nil ? "decoding …" : "not decodable" }
    if model.modelFault != nil { return "no model" }
    if model.model == nil { return "loading the model …" }
    let isKnown = model.tokens.pyramid?.isKnown(frame: model.clip.playhead) ?? false
    if isKnown { return "decoding …" }
    let text = "not tokenized yet; t goes on here"
    return text.columns <= width ? text : "not tokenized yet"
  }
}
