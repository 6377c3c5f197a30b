/// Which tokens of a level a region makes anew, one axis at a time, so that it is cheap to have.
package struct RegionMask: Sendable, Equatable {
  /// For t, y and x: the share of each cell that lies in the region.
  private let shares: [[Double]]

  init(shares: [[Double]]) { self.shares = shares }

  package func contains(t: Int, y: Int, x: Int) -> Bool {
    guard shares[0].indices.contains(t), shares[1].indices.contains(y),
      shares[2].indices.contains(x)
    else { return false }
    return Self.isAnew(shares[0][t] * shares[1][y] * shares[2][x])
  }

  /// Of all steps.
  package var count: Int {
    // Inside a region all shares are alike, so few of them differ.
    let groups = shares.map { values in
      values.reduce(into: [:]) { (counts: inout [Double: Int], share) in
        counts[share, default: 0] += 1
      }
    }
    var count = 0
    for (t, steps) in groups[0] {
      for (y, rows) in groups[1] {
        for (x, columns) in groups[2] where Self.isAnew(t * y * x) {
          count += steps * rows * columns
        }
      }
    }
    return count
  }

  private static func isAnew(_ share: Double) -> Bool { share >= 0.5 }
}

extension ClipRegion {
  /// What `tokens` says about one level, without a list of them all.
  package func mask(level: Int, geometry: TokenGeometry, padded: [Int]) -> RegionMask {
    let shares = axisShares(level: level, geometry: geometry, padded: padded)
    guard level == 1 else { return RegionMask(shares: shares) }
    return RegionMask(shares: shares.map(Self.dilated))
  }

  /// 1 for every step that touches the region or stands beside one that does.
  private static func dilated(_ shares: [Double]) -> [Double] {
    shares.indices.map { index in
      let near = shares[max(0, index - 1)...min(shares.count - 1, index + 1)]
      return near.contains { $0 > 0 } ? 1.0 : 0.0
    }
  }
}
