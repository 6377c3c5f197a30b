import TokenizerEngine
import VideoIO

/// Small pictures of all places that a code stands for, each around its token.
struct GalleryView {
  let model: AppModel
  let gallery: GalleryModel
  let context: DrawingContext
  let drawing: FrameDrawing

  func draw(on screen: inout Screen, in rect: Rect) {
    guard let layout = GalleryLayout(model: model, content: rect) else { return }
    drawTitle(other: layout.sections.count == 1 ? other : nil, on: &screen, in: layout.title)
    for section in layout.sections { draw(section, on: &screen) }
  }

  private var bits: Int { model.tokens.pyramid?.bits ?? model.model?.bits ?? 16 }

  /// The list that Tab goes to, where there is no room for both.
  private var other: InfoLine.Piece? {
    guard gallery.search != nil else { return nil }
    let list = gallery.side == .clip ? gallery.corpus : gallery.clip
    let name = gallery.side == .clip ? "the index" : "this clip"
    let count = list.map { ": " + Numbers.grouped($0.total) } ?? ""
    return InfoLine.Piece(text: "tab \(name)\(count)", rank: 1, role: .information)
  }

  private func drawTitle(other: InfoLine.Piece?, on screen: inout Screen, in rect: Rect) {
    guard !rect.isEmpty else { return }
    var line = rect
    if case .code(let code) = gallery.brush, !context.isMonochrome {
      let color = TokenColors.color(of: code)
      screen.put("  ", x: rect.x, y: rect.y, style: Style(.rgb(color), on: .rgb(color)))
      line = rect.splitLeft(3).rest
    }
    var pieces = [
      InfoLine.Piece(text: "what \(gallery.brush.title(bits: bits)) stands for", rank: 0)
    ]
    if case .code(let code) = gallery.brush {
      pieces.append(.init(text: CodesPanel.binary(code, bits: bits), rank: 2, role: .secondary))
      if let rank = model.codebook.shown?.topCodes.firstIndex(where: { $0.code == code }) {
        pieces.append(
          .init(
            text: "rank \(rank + 1) on level \(model.codebook.level)", rank: 1, role: .secondary))
      }
    }
    InfoLine(pieces: pieces + [other].compactMap(\.self)).draw(on: &screen, in: line)
  }

  private func draw(_ section: GalleryLayout.Section, on screen: inout Screen) {
    let list = section.list
    let isFocused = section.side == gallery.side
    let note = note(section)
    _ = TrainHeading.draw(
      title(section.side), note: note, isFocused: isFocused, on: &screen,
      in: Rect(
        x: section.heading.x, y: section.heading.y, width: section.heading.width,
        height: section.heading.isEmpty ? 0 : 3))
    guard !list.places.isEmpty else {
      return screen.put(
        absence(section.side), in: section.grid, row: section.grid.height / 2,
        style: Style(.secondary), alignment: .centre)
    }
    let cells = section.visible.count * section.tile.area
    let drawing = drawing.sharing(cells: cells)
    for index in section.visible {
      guard let place = section.rect(of: index)?.intersection(section.grid), !place.isEmpty else {
        continue
      }
      draw(
        list.places[index], isChosen: isFocused && index == list.cursor, by: drawing, on: &screen,
        in: place)
    }
  }

  private func title(_ side: GallerySide) -> String {
    side == .clip ? "this clip" : model.corpus.map { "index \($0.name)" } ?? "index"
  }

  /// Which one is chosen, of how many, and where they all are.
  private func note(_ section: GalleryLayout.Section) -> String {
    let list = section.list
    guard !list.places.isEmpty else { return "" }
    let all = list.total > list.places.count ? ", \(Numbers.grouped(list.total)) in all" : ""
    let count = "\(list.cursor + 1) of \(list.places.count)\(all)"
    if section.side == .corpus {
      let clips = model.corpus.map { " of \(Numbers.grouped($0.clips))" } ?? ""
      return count + " · in \(Numbers.grouped(list.clips))\(clips) clips"
    }
    let levels = list.totals.indices.reversed().filter { list.totals[$0] > 0 }
      .map { "L\($0 + 1) \(Numbers.grouped(list.totals[$0]))" }.joined(separator: ", ")
    return count + " · " + levels
  }

  private func absence(_ side: GallerySide) -> String {
    if side == .corpus {
      return gallery.corpusFault
        ?? (gallery.corpus == nil ? "searching …" : "No clip of the index has it.")
    }
    return model.tokens.pyramid?.isWhole == true
      ? "It occurs nowhere in this clip." : "It occurs nowhere in what is tokenized so far."
  }

  private func draw(
    _ place: PatchPlace, isChosen: Bool, by drawing: FrameDrawing, on screen: inout Screen,
    in rect: Rect
  ) {
    var name: String?
    if case .corpus(let clip) = place.patch.source { name = clip.name }
    let (room, captions) = rect.splitBottom(rect.height >= 3 ? name == nil ? 1 : 2 : 0)
    let (caption, line) = captions.splitTop(1)
    drawPicture(place.patch, by: drawing, on: &screen, in: room)
    let surface: ThemeRole = isChosen ? .selection : .background
    if isChosen { screen.fill(caption, style: Style(.text, on: surface)) }
    let position = place.position
    var x = caption.x
    x += screen.put(
      (isChosen ? "▸" : "") + "L\(position.level)", x: x, y: caption.y,
      style: Style(isChosen ? .selectionText : .level(position.level), on: surface, .bold),
      limit: caption.width)
    let frame = caption.width >= 18 ? "frame \(place.patch.frame)" : "f\(place.patch.frame)"
    screen.put(
      " \(frame) \(position.row),\(position.column)", x: x, y: caption.y,
      style: Style(isChosen ? .selectionText : .text, on: surface),
      limit: max(0, caption.maxX - x))
    if let name { screen.put(name, in: line, style: Style(.secondary)) }
  }

  /// Its clip's name stands below the picture.
  private func short(_ fault: String, of patch: Patch) -> String {
    guard case .corpus(let clip) = patch.source, fault.hasPrefix(clip.path + ": ") else {
      return fault
    }
    return String(fault.dropFirst(clip.path.count + 2))
  }

  private func drawPicture(
    _ patch: Patch, by drawing: FrameDrawing, on screen: inout Screen, in rect: Rect
  ) {
    switch gallery.pictures[patch] {
    case .picture(let frame):
      let size = PictureFit.size(frame.width, frame.height, in: rect.size)
      let cell = Rect(
        x: patch.cell.x, y: patch.cell.y, width: patch.cell.width, height: patch.cell.height)
      drawing.draw(
        frame, as: "patch \(rect.x) \(rect.y)", on: &screen,
        in: rect.centred(Size(width: size.width, height: size.height)),
        outline: cell.isEmpty ? nil : BoxOutline(box: cell, role: .playhead, dimsTheRest: false))
    case .fault(let line):
      screen.fill(rect, style: Style(.secondary, on: .panel))
      let words = Paragraph.lines(short(line, of: patch), width: rect.width)
      for (row, text) in words.prefix(rect.height).enumerated() {
        screen.put(text, in: rect, row: row, style: Style(.error, on: .panel))
      }
    case nil:
      screen.fill(rect, style: Style(.secondary, on: .panel))
      screen.put(
        "…", in: rect, row: rect.height / 2, style: Style(.secondary, on: .panel),
        alignment: .centre)
    }
  }
}
