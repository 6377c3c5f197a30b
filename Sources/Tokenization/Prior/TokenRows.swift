import Glibc
import Tensors

/// Where a token stands: a level and the indices in its grid.
package struct TokenPlace: Sendable, Hashable {
  /// 1 is the finest.
  package var level: Int
  package var t: Int
  package var y: Int
  package var x: Int

  package init(level: Int, t: Int, y: Int, x: Int) {
    self.level = level
    self.t = t
    self.y = y
    self.x = x
  }
}

/// Tokens in any order, some of whose bits are masked.
package struct TokenRows: Sendable, Equatable {
  package var places: [TokenPlace]
  /// [rows · B]: ±1, or 0 where masked; the most significant bit first.
  package var bits: [Float]
  /// What is made anew, in pixels and frames of the window: priors that ask for it are told where its
  /// edges lie.
  package var region: ClipRegion?

  package init(
    places: [TokenPlace] = [], bits: [Float] = [], region: ClipRegion? = nil
  ) {
    self.places = places
    self.bits = bits
    self.region = region
  }

  package var count: Int { places.count }

  package mutating func append(_ other: TokenRows) {
    places += other.places
    bits += other.bits
  }
}

extension PriorConfiguration {
  /// Waves for each axis.
  private static let waves: [Float] = [0.5, 1, 2, 4, 8]
  /// Numbers that tell a row: bits, which groups are known, level, waves of t, y and x, and the
  /// region's edges where the prior is told of them.
  var featureCount: Int {
    bits + groups + levelCount + 6 * Self.waves.count + (seesRegion ? 3 * Self.edgeNumbers : 0)
  }
  /// Of an axis: whether the region ends on it, and two numbers for each end.
  private static let edgeNumbers = 5

  /// The middle of a token's cell: frames, rows and columns of pixels.
  private func middle(of place: TokenPlace) -> [Float] {
    let stride = strides[place.level - 1]
    let frames = geometry.frames(level: place.level, row: place.t)
    return [
      Float(frames.lowerBound + frames.upperBound - 1) / 2,
      (Float(place.y) + 0.5) * Float(stride[1]), (Float(place.x) + 0.5) * Float(stride[2]),
    ]
  }

  /// What the prior is told of each row, [rows, features]: one system of coordinates for all levels,
  /// so that the cell of one lies over that of another.
  func features(of rows: TokenRows) -> Tensor {
    Tensor(numbers(of: rows), shape: [rows.count, featureCount])
  }

  func numbers(of rows: TokenRows) -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(rows.count * featureCount)
    for (index, place) in rows.places.enumerated() {
      let code = rows.bits[index * bits..<(index + 1) * bits]
      values += code
      for group in 0..<groups {
        values.append(code[code.startIndex + group * groupBits] == 0 ? 0 : 1)
      }
      for level in 1...levelCount { values.append(level == place.level ? 1 : 0) }
      for (middle, size) in zip(middle(of: place), window) {
        for wave in Self.waves {
          let angle = Float.pi * wave * middle / Float(size)
          values += [sinf(angle), cosf(angle)]
        }
      }
      if seesRegion { values += edges(of: rows.region, at: place) }
    }
    return values
  }

  /// For each axis: 1 if the region ends on it; of its start and its end, how far they lie from the
  /// start of the token's cell in cells of level 1, ±4 at most and divided by 4, and the same cut to
  /// the cell itself, 0…1.
  private func edges(of region: ClipRegion?, at place: TokenPlace) -> [Float] {
    let stride = strides[place.level - 1]
    let frames = geometry.frames(level: place.level, row: place.t)
    let cells = [
      frames, place.y * stride[1]..<(place.y + 1) * stride[1],
      place.x * stride[2]..<(place.x + 1) * stride[2],
    ]
    return zip(zip([region?.span, region?.box?.rows, region?.box?.columns], cells), strides[0])
      .flatMap { pair, finest -> [Float] in
        guard let range = pair.0 else { return [Float](repeating: 0, count: Self.edgeNumbers) }
        let (first, size) = (Float(pair.1.lowerBound), Float(pair.1.count))
        return [1]
          + [range.lowerBound, range.upperBound].flatMap { edge -> [Float] in
            let distance = Float(edge) - first
            return [
              max(-4, min(4, distance / Float(finest))) / 4, max(0, min(1, distance / size)),
            ]
          }
      }
  }

  /// By how much the channels of queries and keys are turned: a quarter of the pairs by time, the rest
  /// by rows and columns in equal parts.
  func rotation(of rows: TokenRows) -> RotationTable {
    let pairs = width / heads / 2
    let inTime = max(1, pairs / 4)
    let inRows = (pairs - inTime + 1) / 2
    let counts = [inTime, inRows, pairs - inTime - inRows]
    let finest = strides[0].map { Float($0) }
    // From two radians a token of level 1 down to a twentieth of that.
    let speeds = counts.map { count in
      (0..<count).map { 2 * powf(0.05, Float($0) / Float(max(count - 1, 1))) }
    }
    var angles: [Float] = []
    angles.reserveCapacity(rows.count * pairs)
    for place in rows.places {
      for (axis, middle) in middle(of: place).enumerated() {
        for speed in speeds[axis] { angles.append(speed * middle / finest[axis]) }
      }
    }
    return RotationTable(angles: angles, pairs: pairs)
  }
}
