import TokenizerEngine

/// A held-out clip above its reconstruction, as it was at the cursor, so that it can be seen to improve.
struct TrainPicturesView {
  let run: WatchedRun
  let train: TrainModel
  let drawing: FrameDrawing
  let isFocused: Bool

  func draw(on screen: inout Screen, in rect: Rect) {
    let clips = run.previews.map(\.clip).max() ?? 0
    let below = TrainHeading.draw(
      "original above, reconstruction below", note: clips > 1 ? "clip \(clip) of \(clips)" : "",
      isFocused: isFocused, on: &screen, in: rect)
    let known = run.previews.filter { $0.clip == clip }
    guard let first = known.first, below.height >= 2 else {
      screen.put(
        "the first validation brings pictures", in: below, row: below.height / 2,
        style: Style(.secondary), alignment: .centre)
      return
    }
    let shown = known.last { $0.step <= train.cursor } ?? first
    let pictures = shown.step == first.step ? [shown] : [first, shown]
    let each = PictureFit.size(
      first.picture.width, first.picture.height,
      in: Size(
        width: (below.width - pictures.count + 1) / pictures.count, height: below.height - 1))
    let alone = PictureFit.size(
      first.picture.width, first.picture.height,
      in: Size(width: below.width, height: below.height - 1))
    // The beginning stands beside it where that costs little.
    let isPair = pictures.count == 2 && 2 * each.area >= alone.area
    var x = below.x
    for preview in isPair ? pictures : [shown] {
      let size = isPair ? each : alone
      let place = Rect(x: x, y: below.y + 1, width: size.width, height: size.height)
      screen.put(
        "step \(preview.step)", x: x + 1, y: below.y, style: Style(.text), limit: size.width)
      drawing.draw(preview.picture, as: "preview \(preview.step)", on: &screen, in: place)
      x += size.width + 1
    }
  }

  private var clip: Int { min(train.clip, run.previews.map(\.clip).max() ?? 1) }
}
