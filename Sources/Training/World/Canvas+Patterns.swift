import Tensors

extension Canvas {
  /// Bands of random widths across the canvas, straight or bent like the grain of wood.
  mutating func fillStripes(_ materials: MaterialSet, random: inout RandomSource) {
    let direction = Direction(side: side, random: &random)
    let bend = NoiseTile(side: side, persistence: 0.35, random: &random)
    let bending = random.chance(0.5) ? random.float(0.005, 0.05) * Float(side) : 0
    let typical = random.float(2.5, Float(side) * 0.12)
    let surfaces = (0..<(2 + random.integer(below: 4))).map { _ in materials.material(&random) }
    // The bands fill one period of the direction, so the torus closes.
    var edges: [Float] = [0]
    while let last = edges.last, last < direction.period {
      edges.append(last + max(1.2, typical * random.float(0.5, 1.5)))
    }
    edges[edges.count - 1] = direction.period
    let regular = random.chance(0.5)
    let order = edges.indices.map { regular ? $0 % 2 : random.integer(below: surfaces.count) }
    for y in 0..<side {
      for x in 0..<side {
        let index = y &* side &+ x
        let along = direction.wrapped(direction.along(x, y) + bending * bend.values[index])
        let band = Self.band(of: along, in: edges)
        let colour = surfaces[order[band]].colour(x, y)
        let before = surfaces[order[band == 0 ? edges.count - 2 : band - 1]].colour(x, y)
        let cover = min(along - edges[band] + 0.5, 1)
        pixels[index] = before + (colour - before) * max(cover, 0)
      }
    }
  }

  /// Squares of two surfaces, turned and bent a little.
  mutating func fillChecks(_ materials: MaterialSet, random: inout RandomSource) {
    let turns = random.integer(below: 4)
    let cells = Float(2 + 2 * random.integer(below: max(2, side / 12)))
    let bend = NoiseTile(side: side, persistence: 0.3, random: &random)
    let bending = random.chance(0.4) ? random.float(0, 0.02) * Float(side) : 0
    let first = materials.material(&random)
    let second = materials.material(&random)
    let size = Float(side) / cells
    for y in 0..<side {
      for x in 0..<side {
        let index = y &* side &+ x
        let shift = bending * bend.values[index]
        let u = Float(x &+ (turns & 1) &* y) + shift
        let v = Float(y &- (turns & 1) &* x) - shift
        let wave = Self.triangle(u / size) * Self.triangle(v / size)
        let cover = min(max(wave * size * 0.5 + 0.5, 0), 1)
        let under = second.colour(x, y)
        pixels[index] = under + (first.colour(x, y) - under) * cover
      }
    }
  }

  /// Rows of blocks with joints between them: walls, tiles, windows.
  mutating func fillBricks(_ materials: MaterialSet, random: inout RandomSource) {
    let rows = 2 * (1 + random.integer(below: max(1, side / 10)))
    let columns = max(2, rows * (1 + random.integer(below: 3)) / 3)
    let height = Float(side) / Float(rows)
    let width = Float(side) / Float(columns)
    let staggered = random.chance(0.6)
    let joint = random.float(0.4, max(0.6, 0.12 * height))
    let mortar = materials.material(&random)
    let surfaces = (0..<4).map { _ in materials.material(&random) }
    let shades = (0..<(rows * columns)).map { _ in 1 + 0.12 * random.roughNormal() }
    let picks = (0..<(rows * columns)).map { _ in random.integer(below: surfaces.count) }
    let varied = random.chance(0.5)
    for y in 0..<side {
      let row = min(Int((Float(y) + 0.5) / height), rows - 1)
      let inRow = Float(y) + 0.5 - Float(row) * height
      let shift = staggered && row % 2 == 1 ? width / 2 : 0
      for x in 0..<side {
        let along = (Float(x) + 0.5 + shift) / width
        let column = Int(along) % columns
        let inColumn = (along - along.rounded(.down)) * width
        let edge = min(min(inRow, height - inRow), min(inColumn, width - inColumn))
        let cover = min(max(edge - joint + 0.5, 0), 1)
        let number = row * columns + column
        let surface = surfaces[varied ? picks[number] : 0]
        let under = mortar.colour(x, y)
        pixels[y &* side &+ x] =
          under + (surface.colour(x, y) * shades[number] - under) * cover
      }
    }
  }

  /// Rises and falls between −1 and 1 with period 2, in straight lines.
  private static func triangle(_ t: Float) -> Float {
    let part = t * 0.5 - (t * 0.5).rounded(.down)
    return part < 0.5 ? 4 * min(part, 0.5 - part) : -4 * min(part - 0.5, 1 - part)
  }

  private static func band(of position: Float, in edges: [Float]) -> Int {
    var low = 0
    var high = edges.count - 1
    while high - low > 1 {
      let middle = (low + high) / 2
      if edges[middle] <= position { low = middle } else { high = middle }
    }
    return low
  }
}

/// A direction across a torus along which a pattern closes on itself.
private struct Direction {
  /// The distance, in pixels, after which the torus repeats along the direction.
  let period: Float
  private let stepX: Float
  private let stepY: Float

  init(side: Int, random: inout RandomSource) {
    var across = random.integer(below: 5) - 2
    let down = random.integer(below: 3)
    if across == 0 && down == 0 { across = 1 }
    let length = Float(across * across + down * down).squareRoot()
    stepX = Float(across) / length
    stepY = Float(down) / length
    period = Float(side) / length
  }

  func along(_ x: Int, _ y: Int) -> Float {
    stepX * Float(x) + stepY * Float(y)
  }

  func wrapped(_ position: Float) -> Float {
    position - (position / period).rounded(.down) * period
  }
}
