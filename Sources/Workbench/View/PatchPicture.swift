import TokenizerEngine
import VideoIO

/// The picture with the patch that a token stands for, and the field that it sees.
struct PatchPicture {
  let model: AppModel
  let drawing: FrameDrawing
  let cursor: TokenPosition?

  func draw(on screen: inout Screen, original: Rect, reconstruction: Rect) {
    let clip = model.clip
    let index = clip.picture?.index ?? clip.playhead
    if model.tokens.editing.isExplaining, let effect {
      let isAlone = reconstruction.isEmpty
      if !isAlone { draw(clip.picture?.frame, title: title, on: &screen, in: original) }
      return draw(effect, on: &screen, in: isAlone ? original : reconstruction)
    }
    draw(clip.picture?.frame, title: title, on: &screen, in: original)
    guard !reconstruction.isEmpty else { return }
    draw(
      clip.reconstruction(of: index, muting: model.tokens.mutes),
      title: model.tokens.mutes.isEmpty ? "reconstruction" : MuteText.of(model.tokens.mutes),
      on: &screen, in: reconstruction)
  }

  /// Of the bit that is chosen, else of the one that does most.
  private var effect: BitEffect? {
    guard let effects = model.tokens.editing.effects, effects.position == cursor else { return nil }
    return model.tokens.bit.map { effects.bits[$0] } ?? effects.strongest
  }

  /// Where a bit changes the picture, as bright as it changes it there.
  private func draw(_ effect: BitEffect, on screen: inout Screen, in rect: Rect) {
    guard rect.height > 1 else { return }
    let (top, below) = rect.splitTop(1)
    let most = effect.change.max() ?? 0
    screen.put(
      "bit \(effect.bit) changes, \(most) at most", in: top,
      style: Style(.title, on: .background, .bold))
    let size = PictureFit.size(effect.width, effect.height, in: below.size)
    screen.draw(
      HeatMap(
        width: effect.width, height: effect.height,
        values: effect.change.map { Double($0) / Double(max(8, most)) },
        gradient: drawing.context.theme.gradient(.activity)),
      in: Rect(x: below.x, y: below.y, width: size.width, height: size.height),
      context: drawing.context)
  }

  /// The patches of the other tokens on screen that have the same code, in pixels.
  private var others: [Rect] {
    guard let pyramid = model.tokens.pyramid, let cursor, let code = pyramid.code(at: cursor) else {
      return []
    }
    return pyramid.levels.flatMap { grid in
      let step = grid.stride.step(ofFrame: model.clip.playhead)
      let codes = grid.codes(ofStep: step) ?? []
      return codes.indices.compactMap { index -> Rect? in
        let position = TokenPosition(
          level: grid.level, step: step, row: index / grid.columns, column: index % grid.columns)
        guard codes[index] == code, position != cursor else { return nil }
        return Rect(
          x: position.column * grid.stride.x, y: position.row * grid.stride.y,
          width: grid.stride.x, height: grid.stride.y)
      }
    }
  }

  private var title: String {
    guard let cursor, let grid = model.tokens.pyramid?[level: cursor.level] else {
      return "original"
    }
    let frames = grid.stride.frames(ofStep: cursor.step)
    let span =
      frames.count == 1
      ? "frame \(frames.lowerBound)" : "frames \(frames.lowerBound)–\(frames.upperBound)"
    return "patch \(grid.stride.y)x\(grid.stride.x), \(span)"
  }

  private func draw(_ frame: Frame?, title: String, on screen: inout Screen, in rect: Rect) {
    guard rect.height > 1 else { return }
    let (top, below) = rect.splitTop(1)
    screen.put(title, in: top, style: Style(.title, on: .background, .bold))
    guard let frame else {
      screen.put(
        "decoding …", in: below, row: below.height / 2, style: Style(.secondary),
        alignment: .centre)
      return
    }
    let size = PictureFit.size(frame.width, frame.height, in: below.size)
    let place = Rect(x: below.x, y: below.y, width: size.width, height: size.height)
    let patches = model.brush.map {
      model.patches(litBy: $0, width: frame.width, height: frame.height)
    }
    drawing.draw(
      frame, as: "\(rect.x) \(rect.y)", on: &screen, in: place,
      spotlight: patches == nil ? spotlight(in: frame) : nil, patches: patches)
  }

  /// The patch and the field it sees, in pixels of the picture.
  func spotlight(in frame: Frame) -> Spotlight? {
    guard let cursor, let grid = model.tokens.pyramid?[level: cursor.level] else { return nil }
    let x = cursor.column * grid.stride.x
    let y = cursor.row * grid.stride.y
    let patch = Rect(x: x, y: y, width: grid.stride.x, height: grid.stride.y)
    guard let fields = model.model?.fields, fields.indices.contains(cursor.level - 1) else {
      return Spotlight(patch: patch, field: patch, others: others)
    }
    let seen = fields[cursor.level - 1]
    return Spotlight(
      patch: patch,
      field: Rect(
        x: x - seen.left, y: y - seen.above, width: seen.left + 1 + seen.right,
        height: seen.above + 1 + seen.below
      ).intersection(Rect(x: 0, y: 0, width: frame.width, height: frame.height)), others: others)
  }
}
