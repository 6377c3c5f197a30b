/// Where codes of a pattern stand on one level of a clip.
package struct CodePlaces: Sendable, Equatable {
  /// How many there are.
  package var total = 0
  /// Some of them, those first that lie far from each other in time and in the picture.
  package var places: [TokenPosition] = []
}

extension TokenPyramid {
  /// The first `limit` places by greedy choice of the farthest one (Gonzalez, 1985), so that ten
  /// neighbours of one frame do not hide what else there is.
  ///
  /// Where there are many more, they are thinned out evenly first.
  package func scatteredPlaces(
    of pattern: CodePattern, level: Int, limit: Int
  ) -> CodePlaces {
    guard let grid = self[level: level], limit > 0 else { return CodePlaces() }
    var result = CodePlaces()
    for step in 0..<grid.steps {
      result.total += grid.codes(ofStep: step)?.count(where: pattern.matches) ?? 0
    }
    guard result.total > 0 else { return result }
    let candidates = Self.some(
      of: result.total, most: 4 * limit, on: grid, pattern: pattern)
    result.places = Self.farthestFirst(candidates, on: grid, limit: limit)
    return result
  }

  /// All places, or `most` of them, evenly spread over their order in time.
  private static func some(
    of total: Int, most: Int, on grid: TokenLevel, pattern: CodePattern
  ) -> [TokenPosition] {
    let wanted = min(total, most)
    var found: [TokenPosition] = []
    found.reserveCapacity(wanted)
    var seen = 0
    for step in 0..<grid.steps {
      guard let codes = grid.codes(ofStep: step) else { continue }
      for (index, code) in codes.enumerated() where pattern.matches(code) {
        if found.count < wanted, seen == found.count * total / wanted {
          found.append(
            TokenPosition(
              level: grid.level, step: step, row: index / grid.columns,
              column: index % grid.columns))
        }
        seen += 1
      }
    }
    return found
  }

  /// The first in time, then always the one that is farthest from all chosen ones.
  ///
  /// The clip's length counts twice as much as a side of the picture: another moment tells more.
  private static func farthestFirst(
    _ candidates: [TokenPosition], on grid: TokenLevel, limit: Int
  ) -> [TokenPosition] {
    let time = 2 / Float(max(1, grid.steps - 1))
    let (down, across) = (1 / Float(max(1, grid.rows - 1)), 1 / Float(max(1, grid.columns - 1)))
    let points = candidates.map {
      SIMD3<Float>(Float($0.step) * time, Float($0.row) * down, Float($0.column) * across)
    }
    var distances = [Float](repeating: .infinity, count: points.count)
    var chosen: [TokenPosition] = []
    var next = 0
    for _ in 0..<min(limit, points.count) {
      chosen.append(candidates[next])
      let here = points[next]
      // Not chosen again, even where two lie on one place.
      distances[next] = -1
      var farthest = 0
      for index in points.indices where distances[index] >= 0 {
        let offset = points[index] - here
        distances[index] = min(distances[index], (offset * offset).sum())
        if distances[index] > distances[farthest] { farthest = index }
      }
      next = farthest
    }
    return chosen
  }
}
