import Glibc
import Tensors
import Tokenization

/// Which tokens of a pyramid stand in the sequence that the autoregressive term predicts, and where.
///
/// ⟨SOI⟩, tokens of level 1, ⟨Q-SEP⟩, … tokens of level L, each level in raster order, frames first.
/// Grids larger than the budget are thinned out: each level keeps a random subset, the same for all
/// clips of the batch. An element is told where the next one stands, so a gap does no harm.
struct TokenSequence {
  struct Element {
    /// Index of the level, 0 for level 1; the one that a marker opens.
    let level: Int
    /// Index in the level's raster; nil for a marker.
    let place: Int?
  }

  /// [t, h, w] of each level.
  let grids: [[Int]]
  /// Chosen places of each level, ascending.
  let places: [[Int]]

  /// - Parameter budget: tokens of all levels together, at most; every level keeps at least one.
  init(grids: [[Int]], budget: Int, random: inout RandomSource) {
    self.grids = grids
    var chosen = [[Int]](repeating: [], count: grids.count)
    var rest = budget
    // Coarse levels are small: what they leave of an even share goes to the finer ones.
    for level in grids.indices.reversed() {
      let count = grids[level].reduce(1, *)
      let kept = min(count, max(1, rest / (level + 1)))
      chosen[level] = Self.subset(kept, of: count, &random)
      rest -= kept
    }
    places = chosen
  }

  /// Markers and tokens in order.
  var elements: [Element] {
    places.enumerated().flatMap { level, places in
      [Element(level: level, place: nil)] + places.map { Element(level: level, place: $0) }
    }
  }

  /// Evenly drawn, ascending (Knuth's selection sampling).
  private static func subset(_ kept: Int, of count: Int, _ random: inout RandomSource) -> [Int] {
    if kept == count { return Array(0..<count) }
    var result: [Int] = []
    for place in 0..<count where result.count < kept {
      if random.integer(below: count - place) < kept - result.count { result.append(place) }
    }
    return result
  }

  // MARK: Where an element stands

  /// Waves for each axis.
  private static let frequencies: [Double] = [1, 2, 4, 8, 16, 32]
  /// Numbers that tell a place: one for the level, the rest for t, y and x.
  static func featureCount(levels: Int) -> Int { levels + 6 * frequencies.count }

  /// The level and sines and cosines of the cell's middle as a share of the clip; without a place,
  /// the level alone.
  func features(of element: Element) -> [Float] {
    var result = [Float](repeating: 0, count: grids.count)
    result[element.level] = 1
    guard let place = element.place else {
      return result + [Float](repeating: 0, count: 6 * Self.frequencies.count)
    }
    let grid = grids[element.level]
    let position = [place / (grid[1] * grid[2]), place / grid[2] % grid[1], place % grid[2]]
    for (index, size) in zip(position, grid) {
      let middle = (Double(index) + 0.5) / Double(size)
      for frequency in Self.frequencies {
        let angle = Double.pi * frequency * middle
        result += [Float(sin(angle)), Float(cos(angle))]
      }
    }
    return result
  }
}
