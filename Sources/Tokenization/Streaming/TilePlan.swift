/// How a padded frame is cut so that the activations of one piece fit the memory.
///
/// Each tile computes a region and keeps its interior. Regions are wider than the interior by the
/// model's reach, so nothing that is kept has seen a cut: tiles change rounding, not results.
struct TilePlan: Equatable {
  struct Tile: Equatable {
    /// In pixels of the frame.
    var rows: Range<Int>
    var columns: Range<Int>
    /// What the model is run on.
    var regionRows: Range<Int>
    var regionColumns: Range<Int>
  }

  let tiles: [Tile]

  /// Pixels of one frame that are run at once: 1920x1088 is still one tile.
  static let defaultBudget = 1 << 21

  /// `cell` is the coarsest stride [y, x], `margin` the pixels that a region adds on each side.
  init(height: Int, width: Int, cell: [Int], margin: [Int], budget: Int = defaultBudget) {
    let halo = zip(margin, cell).map { ($0 + $1 - 1) / $1 * $1 }
    let cells = [height / cell[0], width / cell[1]]
    var cuts = [1, 1]
    func side(_ axis: Int) -> Int {
      let interior = (cells[axis] + cuts[axis] - 1) / cuts[axis] * cell[axis]
      return min(cells[axis] * cell[axis], interior + 2 * halo[axis])
    }
    while side(0) * side(1) > budget {
      let longer = side(0) > side(1) ? 0 : 1
      let axis = cuts[longer] < cells[longer] ? longer : 1 - longer
      if cuts[axis] >= cells[axis] { break }
      cuts[axis] += 1
    }
    func ranges(_ axis: Int) -> [(Range<Int>, Range<Int>)] {
      (0..<cuts[axis]).map { index in
        let first = cells[axis] * index / cuts[axis] * cell[axis]
        let end = cells[axis] * (index + 1) / cuts[axis] * cell[axis]
        let limit = cells[axis] * cell[axis]
        return (first..<end, max(0, first - halo[axis])..<min(limit, end + halo[axis]))
      }
    }
    let columns = ranges(1)
    tiles = ranges(0).flatMap { rows, regionRows in
      columns.map { columns, regionColumns in
        Tile(
          rows: rows, columns: columns, regionRows: regionRows, regionColumns: regionColumns)
      }
    }
  }
}

extension Range<Int> {
  /// The same span counted in steps of `stride`, from `origin`.
  func divided(by stride: Int, from origin: Int = 0) -> Range<Int> {
    (lowerBound - origin) / stride..<(upperBound - origin) / stride
  }
}
