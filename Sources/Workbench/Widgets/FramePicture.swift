/// A picture turned into cells, and what the next one needs to differ in as few as possible.
///
/// While a clip plays, a pixel keeps its colour until it has moved away from it (hysteresis), which
/// saves bytes and flicker; a paused picture is dithered instead where colours are few.
package struct FramePicture: Sendable {
  package let size: Size
  package let mode: PictureMode
  package private(set) var cells: [Cell]

  /// Pixels at which the colours were chosen, and the palette entries chosen.
  private var anchors: [UInt8] = []
  private var entries: [UInt8] = []

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
    case .half: drawHalves(image, context, isPaused: isPaused, after: previous)
    case .quadrant: drawQuadrants(image, context, after: previous)
    case .ascii: drawLetters(image, context)
    case .braille: drawDots(image, context)
    }
  }

  /// Changes, summed over the channels, below which a pixel keeps its colour.
  private static func tolerance(_ depth: ColorDepth) -> Int { depth == .truecolor ? 9 : 18 }

  private static func isNear(
    _ one: [UInt8], _ two: [UInt8], at place: Int, tolerance: Int
  ) -> Bool {
    let red = abs(Int(one[place]) - Int(two[place]))
    let green = abs(Int(one[place + 1]) - Int(two[place + 1]))
    let blue = abs(Int(one[place + 2]) - Int(two[place + 2]))
    return red + green + blue <= tolerance
  }

  // MARK: - Half blocks

  private mutating func drawHalves(
    _ image: PixelImage, _ context: DrawingContext, isPaused: Bool, after previous: FramePicture?
  ) {
    anchors = image.pixels
    let colors: [Color]
    if context.depth == .truecolor {
      if let previous { keepNearPixels(of: previous, context.depth) }
      colors = (0..<anchors.count / 3).map {
        .rgb(anchors[3 * $0], anchors[3 * $0 + 1], anchors[3 * $0 + 2])
      }
    } else {
      let table = context.depth == .sixteen ? PaletteTable.sixteen : .palette256
      if isPaused {
        entries = Dithering.floydSteinberg(image, table)
      } else {
        chooseEntries(table, after: previous)
      }
      colors = entries.map { .palette($0) }
    }
    let width = size.width
    cells = (0..<size.area).map { cell in
      let (x, y) = (cell % width, cell / width)
      let (upper, lower) = (colors[2 * y * width + x], colors[(2 * y + 1) * width + x])
      return Cell(upper == lower ? " " : "▀", style: Style(upper, on: lower))
    }
  }

  /// Pixels that have hardly moved stay what they were.
  private mutating func keepNearPixels(of previous: FramePicture, _ depth: ColorDepth) {
    let tolerance = Self.tolerance(depth)
    for place in stride(from: 0, to: anchors.count, by: 3)
    where Self.isNear(anchors, previous.anchors, at: place, tolerance: tolerance) {
      for channel in 0..<3 { anchors[place + channel] = previous.anchors[place + channel] }
    }
  }

  /// Ever coarser ways to keep colours, in time and along a row, until a frame is small enough.
  private static let thrifts: [(inTime: Int, alongRow: Int)] = [
    (18, 0), (24, 24), (30, 40), (39, 60),
  ]
  /// Leaves room for the rest of the screen within 13 KiB at 80x24.
  private static let bytesPerCell = 5.5

  private mutating func chooseEntries(_ table: PaletteTable, after previous: FramePicture?) {
    let pixels = anchors
    for thrift in Self.thrifts {
      anchors = pixels
      chooseEntries(table, after: previous, thrift)
      guard let previous,
        Double(estimatedBytes(after: previous)) > Double(size.area) * Self.bytesPerCell
      else {
        return
      }
    }
  }

  private mutating func chooseEntries(
    _ table: PaletteTable, after previous: FramePicture?, _ thrift: (inTime: Int, alongRow: Int)
  ) {
    let count = anchors.count / 3
    entries = [UInt8](repeating: 0, count: count)
    let isKept = previous?.entries.count == count
    for pixel in 0..<count {
      let place = 3 * pixel
      if isKept, let previous,
        Self.isNear(anchors, previous.anchors, at: place, tolerance: thrift.inTime)
      {
        entries[pixel] = previous.entries[pixel]
        for channel in 0..<3 { anchors[place + channel] = previous.anchors[place + channel] }
        continue
      }
      let (red, green, blue) = (anchors[place], anchors[place + 1], anchors[place + 2])
      entries[pixel] = table.index(red, green, blue)
      if thrift.alongRow > 0, pixel % size.width > 0 {
        let left = Palette256.colors[Int(entries[pixel - 1])]
        let distance =
          abs(Int(left.red) - Int(red)) + abs(Int(left.green) - Int(green))
          + abs(Int(left.blue) - Int(blue))
        if distance <= thrift.alongRow { entries[pixel] = entries[pixel - 1] }
      }
    }
  }

  /// About what the terminal will be sent for the cells that changed.
  private func estimatedBytes(after previous: FramePicture) -> Int {
    guard previous.entries.count == entries.count else { return 0 }
    var bytes = 0
    var (one, two) = (-1, -1)
    for cell in 0..<size.area {
      let upper = cell / size.width * 2 * size.width + cell % size.width
      let lower = upper + size.width
      if entries[upper] == previous.entries[upper], entries[lower] == previous.entries[lower] {
        continue
      }
      let (first, second) = (Int(entries[upper]), Int(entries[lower]))
      let isFirstNew = first != one && first != two
      let isSecondNew = second != one && second != two && second != first
      let changes = (isFirstNew ? 1 : 0) + (isSecondNew ? 1 : 0)
      bytes += (first == second ? 1 : 3) + (changes == 0 ? 0 : changes == 1 ? 11 : 20)
      (one, two) = (first, second)
    }
    return bytes
  }

  // MARK: - Quadrants

  private mutating func drawQuadrants(
    _ image: PixelImage, _ context: DrawingContext, after previous: FramePicture?
  ) {
    anchors = image.pixels
    let tolerance = Self.tolerance(context.depth)
    let line = 3 * image.width
    cells = []
    cells.reserveCapacity(size.area)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let corner = 2 * y * line + 6 * x
        let places = [corner, corner + 3, corner + line, corner + line + 3]
        if let previous,
          places.allSatisfy({
            Self.isNear(anchors, previous.anchors, at: $0, tolerance: tolerance)
          })
        {
          for place in places {
            for channel in 0..<3 { anchors[place + channel] = previous.anchors[place + channel] }
          }
          cells.append(previous.cells[y * size.width + x])
          continue
        }
        cells.append(QuadrantCell(anchors, places).cell(depth: context.depth))
      }
    }
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
