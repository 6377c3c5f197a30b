import VideoIO

/// What is lit in a picture, in its pixels: a patch, and the field around it that it sees.
struct Spotlight: Equatable {
  var patch: Rect
  var field: Rect
}

/// Brings a frame into a rectangle of cells.
enum FrameDrawing {
  static func draw(
    _ frame: Frame, on screen: inout Screen, in rect: Rect, look: Look, spotlight: Spotlight? = nil
  ) {
    let rect = rect.intersection(screen.bounds)
    guard !rect.isEmpty, frame.width > 0, frame.height > 0 else { return }
    let density = look.blitter.pixelsPerCell
    var image = AreaAverage.scaled(
      frame, width: rect.width * density.width, height: rect.height * density.height)
    if let spotlight { light(spotlight, of: frame, on: &image) }
    look.blitter.draw(image, on: &screen, in: rect)
  }

  /// Darkens what lies outside the field and draws a line around the patch.
  private static func light(_ spotlight: Spotlight, of frame: Frame, on image: inout PixelImage) {
    func scaled(_ rect: Rect) -> Rect {
      let x = rect.x * image.width / frame.width
      let y = rect.y * image.height / frame.height
      let maxX = (rect.maxX * image.width + frame.width - 1) / frame.width
      let maxY = (rect.maxY * image.height + frame.height - 1) / frame.height
      return Rect(x: x, y: y, width: max(1, maxX - x), height: max(1, maxY - y))
    }
    let field = scaled(spotlight.field)
    let patch = scaled(spotlight.patch)
    let border = Rect(
      x: patch.x - 1, y: patch.y - 1, width: patch.width + 2, height: patch.height + 2)
    for y in 0..<image.height {
      for x in 0..<image.width {
        if border.contains(x: x, y: y), !patch.contains(x: x, y: y) {
          image[x, y] = RGB(255, 220, 90)
        } else if !field.contains(x: x, y: y) {
          let color = image[x, y]
          image[x, y] = RGB(
            UInt8(Int(color.red) * 45 / 100), UInt8(Int(color.green) * 45 / 100),
            UInt8(Int(color.blue) * 45 / 100))
        }
      }
    }
  }
}

/// Scales pictures down by averaging what each target pixel covers, up by repeating.
enum AreaAverage {
  static func scaled(_ frame: Frame, width: Int, height: Int) -> PixelImage {
    let columns = bounds(frame.width, width)
    let rows = bounds(frame.height, height)
    var pixels = [UInt8](repeating: 0, count: 3 * width * height)
    frame.pixels.withUnsafeBufferPointer { source in
      pixels.withUnsafeMutableBufferPointer { target in
        var place = 0
        for y in 0..<height {
          for x in 0..<width {
            var red = 0
            var green = 0
            var blue = 0
            for sourceY in rows[y] {
              var index = 3 * (sourceY * frame.width + columns[x].lowerBound)
              for _ in columns[x] {
                red += Int(source[index])
                green += Int(source[index + 1])
                blue += Int(source[index + 2])
                index += 3
              }
            }
            let count = rows[y].count * columns[x].count
            target[place] = UInt8((red + count / 2) / count)
            target[place + 1] = UInt8((green + count / 2) / count)
            target[place + 2] = UInt8((blue + count / 2) / count)
            place += 3
          }
        }
      }
    }
    return PixelImage(width: width, height: height, pixels: pixels)
  }

  /// Which source pixels each target pixel covers, at least one.
  private static func bounds(_ source: Int, _ target: Int) -> [Range<Int>] {
    (0..<target).map { index in
      let first = min(source - 1, index * source / target)
      return first..<max(first + 1, min(source, (index + 1) * source / target))
    }
  }
}
