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
    draw(clip.picture?.frame, title: title, on: &screen, in: original)
    guard !reconstruction.isEmpty else { return }
    draw(
      clip.reconstruction(of: index, muting: model.tokens.mutes),
      title: model.tokens.mutes.isEmpty ? "reconstruction" : MuteText.of(model.tokens.mutes),
      on: &screen, in: reconstruction)
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
      return Spotlight(patch: patch, field: patch)
    }
    let seen = fields[cursor.level - 1]
    return Spotlight(
      patch: patch,
      field: Rect(
        x: x - seen.left, y: y - seen.above, width: seen.left + 1 + seen.right,
        height: seen.above + 1 + seen.below
      ).intersection(Rect(x: 0, y: 0, width: frame.width, height: frame.height)))
  }
}
