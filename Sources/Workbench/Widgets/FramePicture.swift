/// A picture turned into cells, and what the next one needs to differ in as few as possible.
///
/// While a clip plays, a cell keeps its colours until its pixels have moved away from them
/// (hysteresis), which saves bytes and flicker; a paused picture is dithered instead where colours
/// are few.
package struct FramePicture: Sendable {
  package let size: Size
  package let mode: PictureMode
  package private(set) var cells: [Cell]

  /// Pixels at which the colours were chosen.
  private var anchors: [UInt8] = []
  /// What the palette makes of each cell, where there is a palette.
  private var palette = PalettePicture()

  /// Turns a picture into exactly `size` cells; `previous` is the one shown before, if it plays.
  package init(
    _ image: PixelImage, size: Size, mode: PictureMode, context: DrawingContext,
    isPaused: Bool = false, after previous: FramePicture? = nil
  ) {
    let mode = mode.possible(in: context)
    self.size = size
    self.mode = mode
    cells = []
    guard size.area > 0, image.width > 0, image.height > 0 else {
      cells = Array(repeating: .blank, count: size.area)
      return
    }
    let density = mode.density
    let image = image.scaled(width: size.width * density.x, height: size.height * density.y)
    let previous = previous?.size == size && previous?.mode == mode && !isPaused ? previous : nil
    switch mode {
    case .half, .quadrant:
      if context.depth == .truecolor {
        draw(image, isQuadrant: mode == .quadrant, after: previous)
      } else {
        palette = PalettePicture(
          image, size: size, density: density,
          table: context.depth == .sixteen ? .sixteen : .palette256,
          isDithered: isPaused && mode == .half, isPaused: isPaused,
          budget: context.pictureBytesPerCell, after: previous?.palette)
        cells = palette.cells
      }
    case .ascii: drawLetters(image, context)
    case .braille: drawDots(image, context)
    }
  }

  // MARK: - Truecolor

  /// Changes, summed over the channels, below which a pixel keeps its colour.
  private static let tolerance = 9

  private mutating func draw(
    _ image: PixelImage, isQuadrant: Bool, after previous: FramePicture?
  ) {
    anchors = image.pixels
    cells = []
    cells.reserveCapacity(size.area)
    let line = 3 * image.width
    for y in 0..<size.height {
      for x in 0..<size.width {
        let corner = 2 * y * line + (isQuadrant ? 6 : 3) * x
        let places =
          isQuadrant
          ? [corner, corner + 3, corner + line, corner + line + 3] : [corner, corner + line]
        cells.append(cell(places, isQuadrant, at: y * size.width + x, after: previous))
      }
    }
  }

  /// Pixels that have hardly moved stay what they were; of a quadrant all or none.
  private mutating func cell(
    _ places: [Int], _ isQuadrant: Bool, at index: Int, after previous: FramePicture?
  ) -> Cell {
    if let previous {
      let near = places.filter {
        anchors.isNear(previous.anchors, at: $0, tolerance: Self.tolerance)
      }
      if !isQuadrant || near.count == places.count {
        for place in near {
          for channel in 0..<3 { anchors[place + channel] = previous.anchors[place + channel] }
        }
      }
      if near.count == places.count { return previous.cells[index] }
    }
    if isQuadrant { return QuadrantCell(anchors, places).cell() }
    let colors = places.map { RGB(anchors[$0], anchors[$0 + 1], anchors[$0 + 2]) }
    return Cell(
      colors[0] == colors[1] ? " " : "▀", style: Style(.rgb(colors[0]), on: .rgb(colors[1])))
  }

  // MARK: - Without colours

  private mutating func drawLetters(_ image: PixelImage, _ context: DrawingContext) {
    let ramp = Array(" .:-=+*#%@".unicodeScalars)
    let isLight = context.theme.isLight && !context.isMonochrome
    cells = (0..<size.area).map { cell in
      let color = image[cell % size.width, cell / size.width]
      let light = color.perceivedLight
      let step = Int(((isLight ? 1 - light : light) * Double(ramp.count - 1)).rounded())
      let shade = context.isMonochrome ? Color.role(.text) : .rgb(color)
      return Cell(ramp[step], style: Style(shade))
    }
  }

  private mutating func drawDots(_ image: PixelImage, _ context: DrawingContext) {
    let isLight = context.theme.isLight && !context.isMonochrome
    let lit = Dithering.oneBit(image, isInverted: isLight)
    let (width, line) = (size.width, image.width)
    cells = (0..<size.area).map { cell in
      let (x, y) = (2 * (cell % width), 4 * (cell / width))
      var bits: UInt32 = 0
      for dot in 0..<8 where lit[(y + dot / 2) * line + x + dot % 2] {
        bits |= DotCanvas.brailleBits[dot]
      }
      return Cell(bits == 0 ? " " : Unicode.Scalar(0x2800 | bits) ?? " ", style: Style(.text))
    }
  }
}

extension [UInt8] {
  /// Whether two pixels differ by at most so much, summed over the channels.
  func isNear(_ other: [UInt8], at place: Int, tolerance: Int) -> Bool {
    let red = abs(Int(self[place]) - Int(other[place]))
    let green = abs(Int(self[place + 1]) - Int(other[place + 1]))
    let blue = abs(Int(self[place + 2]) - Int(other[place + 2]))
    return red + green + blue <= tolerance
  }
}

extension Screen {
  /// Puts a picture's cells with its upper left corner at a place.
  package mutating func draw(_ picture: FramePicture, x: Int, y: Int) {
    for row in 0..<picture.size.height {
      for column in 0..<picture.size.width {
        place(
          picture.cells[row * picture.size.width + column], columns: 1, x: x + column, y: y + row)
      }
    }
  }
}
