/// A picture in palette colours, and what the next one needs to stay within its bytes.
struct PalettePicture: Sendable {
  private(set) var cells: [Cell] = []
  private var choices: [FrugalCells.Choice] = []
  /// Whether a cell is drawn as it should be, not as was cheap.
  private var isExact: [Bool] = []
  /// Pixels at which the colours were chosen.
  private var anchors: [UInt8] = []
  private var pixels: [UInt8] = []
  /// What a byte counted against errors, and the bytes that came of it.
  private var weight: Int32 = 0
  private var bytes = 0

  /// Changes, summed over the channels, below which a pixel keeps its colour.
  private static let tolerance = 18
  /// However small the picture, this much may be sent.
  private static let smallestBudget = 1_024.0

  init() {}

  /// `budget` in bytes per cell; a paused picture has none.
  init(
    _ image: PixelImage, size: Size, density: (x: Int, y: Int), table: PaletteTable,
    isDithered: Bool, isPaused: Bool, budget: Double, after previous: PalettePicture?
  ) {
    pixels = image.pixels
    anchors = image.pixels
    let layout = CellPixels(size: size, density: density)
    let exact = Self.exact(image, layout, table, isDithered: isDithered)
    choices = exact
    isExact = Array(repeating: !isDithered, count: size.area)
    if !isPaused {
      let previous = previous?.choices.count == size.area ? previous : nil
      choose(
        exact, layout, within: Int(max(Self.smallestBudget, budget * Double(size.area))),
        after: previous)
    }
    cells = choices.map { Self.cell($0, isHalf: density.x == 1) }
  }

  private static func exact(
    _ image: PixelImage, _ layout: CellPixels, _ table: PaletteTable, isDithered: Bool
  ) -> [FrugalCells.Choice] {
    let dithered = isDithered ? Dithering.floydSteinberg(image, table) : []
    return (0..<layout.size.area).map { cell in
      let places = layout.places(cell)
      if places.count == 4 { return QuadrantCell(image.pixels, places).choice(table) }
      let entries = places.map { place in
        isDithered
          ? dithered[place / 3]
          : table.index(image.pixels[place], image.pixels[place + 1], image.pixels[place + 2])
      }
      return FrugalCells.Choice(entries[0], entries[1], mask: 1, pixels: 2)
    }
  }

  private static func cell(_ choice: FrugalCells.Choice, isHalf: Bool) -> Cell {
    let style = Style(.palette(choice.first), on: .palette(choice.second))
    if choice.mask == 0 { return Cell(" ", style: style) }
    return Cell(isHalf ? "▀" : QuadrantCell.glyphs[Int(choice.mask)], style: style)
  }

  // MARK: - Playing

  /// Lets bytes count ever more until the frame fits.
  private mutating func choose(
    _ exact: [FrugalCells.Choice], _ layout: CellPixels, within budget: Int,
    after previous: PalettePicture?
  ) {
    let wanted = previous.map { settled(exact, layout, after: $0) } ?? exact
    let frugal = FrugalCells(
      size: layout.size, pixelsPerCell: layout.pixelsPerCell, points: layout.points(pixels),
      exact: wanted, previous: previous?.choices ?? [])
    // A picture at rest becomes exact from the top down, as fast as its bytes allow.
    let rests = previous?.pixels == pixels
    weight = rests ? 0 : previous?.nextWeight(within: budget) ?? 0
    var result = frugal.choices(weight: weight, limit: rests ? budget - 64 : .max)
    var tooLow: Int32?
    while result.bytes > budget, weight < 1 << 19 {
      tooLow = weight
      weight = max(64, weight * 2)
      result = frugal.choices(weight: weight)
    }
    // What is left goes to as many cells as it does for, from the top.
    if let tooLow, previous != nil, result.bytes < budget * 3 / 4 {
      result = frugal.choices(weight: tooLow, limit: budget - 64)
    }
    choices = result.cells
    bytes = result.bytes
    for cell in choices.indices { isExact[cell] = choices[cell] == wanted[cell] }
  }

  /// Pixels of exact cells that moved only a little stay what they were, of a quadrant all or none;
  /// once they stand still they are to be exact as well.
  private mutating func settled(
    _ exact: [FrugalCells.Choice], _ layout: CellPixels, after previous: PalettePicture
  ) -> [FrugalCells.Choice] {
    var wanted = exact
    for cell in wanted.indices where previous.isExact[cell] && previous.choices[cell] != exact[cell]
    {
      let places = layout.places(cell)
      let stands = places.allSatisfy { pixels.isNear(previous.pixels, at: $0, tolerance: 0) }
      if stands { continue }
      let near = places.map {
        pixels.isNear(previous.anchors, at: $0, tolerance: Self.tolerance)
      }
      if near.allSatisfy({ $0 }) {
        wanted[cell] = previous.choices[cell]
      } else if places.count == 2, near[0] || near[1] {
        let old = previous.choices[cell]
        wanted[cell] = FrugalCells.Choice(
          near[0] ? old.entry(0) : exact[cell].entry(0),
          near[1] ? old.entry(1) : exact[cell].entry(1), mask: 1, pixels: 2)
      } else {
        continue
      }
      for (place, isNear) in zip(places, near) where isNear {
        for channel in 0..<3 { anchors[place + channel] = previous.anchors[place + channel] }
      }
    }
    return wanted
  }

  /// Bytes count less again once there is room; less than 8 is as good as nothing.
  private func nextWeight(within budget: Int) -> Int32 {
    let share = Double(bytes) / Double(budget)
    let next = Int32(Double(weight) * (share < 0.5 ? 0.25 : share < 0.8 ? 0.6 : 0.9))
    return next < 8 ? 0 : next
  }
}

/// Where the pixels of a cell lie in an image.
struct CellPixels {
  let size: Size
  let density: (x: Int, y: Int)

  var pixelsPerCell: Int { density.x * density.y }

  /// Of the red channels, the upper row first.
  func places(_ cell: Int) -> [Int] {
    let (x, y) = (cell % size.width * density.x, cell / size.width * density.y)
    let line = 3 * size.width * density.x
    let corner = y * line + 3 * x
    return density.x == 1
      ? [corner, corner + line] : [corner, corner + 3, corner + line, corner + line + 3]
  }

  func points(_ pixels: [UInt8]) -> [SIMD4<Int32>] {
    var points: [SIMD4<Int32>] = []
    points.reserveCapacity(size.area * pixelsPerCell)
    for cell in 0..<size.area {
      for place in places(cell) {
        points.append(
          SIMD4(Int32(pixels[place]), Int32(pixels[place + 1]), Int32(pixels[place + 2]), 0))
      }
    }
    return points
  }
}
