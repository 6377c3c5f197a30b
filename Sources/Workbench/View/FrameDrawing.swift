import VideoIO

/// What is lit in a picture, in its pixels: a patch, and the field around it that it sees.
struct Spotlight: Equatable {
  var patch: Rect
  var field: Rect
  /// Other patches that stand for the same.
  var others: [Rect] = []
}

/// A line around a part of a picture, in its pixels.
struct BoxOutline: Equatable {
  var box: Rect
  var role: ThemeRole
  /// Whether what lies around the box is darkened.
  var dimsTheRest: Bool
}

/// The pictures drawn last, so that a playing clip changes as few cells as possible.
package final class PictureMemory {
  private var last: [String: FramePicture] = [:]

  package init() {}

  subscript(place: String) -> FramePicture? {
    get { last[place] }
    set { last[place] = newValue }
  }
}

/// Brings frames into rectangles of cells.
struct FrameDrawing {
  let look: Look
  var context: DrawingContext
  let isPlaying: Bool
  let memory: PictureMemory?

  /// For a screen on which this many cells hold pictures: they share what a frame may cost.
  func sharing(cells: Int) -> FrameDrawing {
    var drawing = self
    let share = Double(80 * 24) / Double(max(1, cells))
    // Where a picture is large the link decides, not a budget made for 80x24.
    drawing.context.pictureBytesPerCell *= min(max(1, share), 4)
    return drawing
  }

  /// `place` names the spot on the screen, for the memory.
  func draw(
    _ frame: Frame, as place: String, on screen: inout Screen, in rect: Rect,
    spotlight: Spotlight? = nil, outline: BoxOutline? = nil, patches: [Rect]? = nil
  ) {
    guard !rect.isEmpty, frame.width > 0, frame.height > 0 else { return }
    let density = look.pictures.possible(in: context).density
    var image = PixelImage(width: frame.width, height: frame.height, pixels: frame.pixels)
      .scaled(width: rect.width * density.x, height: rect.height * density.y)
    if let spotlight { light(spotlight, of: frame, on: &image) }
    if let outline { draw(outline, of: frame, on: &image) }
    if let patches { light(patches, of: frame, on: &image) }
    let picture = FramePicture(
      image, size: rect.size, mode: look.pictures, context: context, isPaused: !isPlaying,
      after: isPlaying ? memory?[place] : nil)
    memory?[place] = picture
    screen.draw(picture, x: rect.x, y: rect.y)
  }

  private func scaled(_ rect: Rect, of frame: Frame, to image: PixelImage) -> Rect {
    let x = rect.x * image.width / frame.width
    let y = rect.y * image.height / frame.height
    let maxX = (rect.maxX * image.width + frame.width - 1) / frame.width
    let maxY = (rect.maxY * image.height + frame.height - 1) / frame.height
    return Rect(x: x, y: y, width: max(1, maxX - x), height: max(1, maxY - y))
  }

  /// The line runs just outside the box, and inside it where the picture ends.
  private func draw(_ outline: BoxOutline, of frame: Frame, on image: inout PixelImage) {
    let box = scaled(outline.box, of: frame, to: image)
    let border = Rect(x: box.x - 1, y: box.y - 1, width: box.width + 2, height: box.height + 2)
      .intersection(Rect(x: 0, y: 0, width: image.width, height: image.height))
    for y in 0..<image.height {
      for x in 0..<image.width {
        if border.contains(x: x, y: y) {
          let isEdge =
            x == border.x || y == border.y || x == border.maxX - 1 || y == border.maxY - 1
          if isEdge { image[x, y] = context.theme[outline.role] }
        } else if outline.dimsTheRest {
          image[x, y] = image[x, y].darkened(toPercent: 60)
        }
      }
    }
  }

  /// Darkens all but the patches.
  private func light(_ patches: [Rect], of frame: Frame, on image: inout PixelImage) {
    var isLit = [Bool](repeating: false, count: image.width * image.height)
    let all = Rect(x: 0, y: 0, width: image.width, height: image.height)
    for patch in patches {
      let place = scaled(patch, of: frame, to: image).intersection(all)
      for y in place.y..<place.maxY {
        for x in place.x..<place.maxX { isLit[y * image.width + x] = true }
      }
    }
    for y in 0..<image.height {
      for x in 0..<image.width where !isLit[y * image.width + x] {
        image[x, y] = image[x, y].darkened(toPercent: 35)
      }
    }
  }

  /// Darkens what lies outside the field and draws a line around the patch.
  private func light(_ spotlight: Spotlight, of frame: Frame, on image: inout PixelImage) {
    let field = scaled(spotlight.field, of: frame, to: image)
    let patch = scaled(spotlight.patch, of: frame, to: image)
    let border = Rect(
      x: patch.x - 1, y: patch.y - 1, width: patch.width + 2, height: patch.height + 2)
    for y in 0..<image.height {
      for x in 0..<image.width {
        if border.contains(x: x, y: y), !patch.contains(x: x, y: y) {
          image[x, y] = context.theme[.playhead]
        } else if !field.contains(x: x, y: y) {
          image[x, y] = image[x, y].darkened(toPercent: 45)
        }
      }
    }
    for other in spotlight.others { outline(scaled(other, of: frame, to: image), on: &image) }
  }

  /// A line along the inside of a patch.
  private func outline(_ patch: Rect, on image: inout PixelImage) {
    let inside = patch.intersection(Rect(x: 0, y: 0, width: image.width, height: image.height))
    for y in inside.y..<inside.maxY {
      for x in inside.x..<inside.maxX
      where y == inside.y || y == inside.maxY - 1 || x == inside.x || x == inside.maxX - 1 {
        image[x, y] = context.theme[.mark]
      }
    }
  }
}

extension RGB {
  fileprivate func darkened(toPercent percent: Int) -> RGB {
    RGB(
      UInt8(Int(red) * percent / 100), UInt8(Int(green) * percent / 100),
      UInt8(Int(blue) * percent / 100))
  }
}
