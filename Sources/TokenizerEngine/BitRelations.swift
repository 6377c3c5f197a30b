import Glibc

/// How the bits of a level's codes go together.
package struct BitRelations: Sendable, Equatable {
  /// φ of each pair, [B · B] row by row; 1 on the diagonal, 0 where a bit never changes.
  package var correlation: [Double]
  /// The bits in an order that brings those together which repeat each other.
  package var order: [Int]
  /// The share of tokens whose bit differs from the step before, at the same place; nil for a single
  /// step.
  package var flipRate: [Double]?

  package var bits: Int { order.count }

  package init(correlation: [[Double]], flipRate: [Double]?) {
    self.correlation = correlation.flatMap(\.self)
    self.flipRate = flipRate
    order = Self.seriated(correlation)
  }

  package func phi(_ first: Int, _ second: Int) -> Double { correlation[first * bits + second] }

  /// The pairs with the largest |φ| first; none of a bit with itself.
  package var pairs: [BitPair] {
    (0..<bits).flatMap { first in
      (first + 1..<max(first + 1, bits)).map {
        BitPair(first: first, second: $0, phi: phi(first, $0))
      }
    }.sorted { (abs($1.phi), $0.first, $0.second) < (abs($0.phi), $1.first, $1.second) }
  }

  /// |φ| of independent bits is rarely above this: 3.3/√N, one pair in a thousand.
  package static func noise(tokens: Int) -> Double { 3.3 / Double(max(1, tokens)).squareRoot() }

  /// A chain from the strongest pair on: at whichever end a bit is nearest, it is joined.
  private static func seriated(_ phi: [[Double]]) -> [Int] {
    guard phi.count > 2 else { return Array(phi.indices) }
    var rest = Set(phi.indices)
    func strength(_ first: Int, _ second: Int) -> Double { abs(phi[first][second]) }
    var (first, second) = (0, 1)
    for a in phi.indices {
      for b in phi.indices where b > a && strength(a, b) > strength(first, second) {
        (first, second) = (a, b)
      }
    }
    var chain = [first, second]
    rest.subtract(chain)
    while !rest.isEmpty {
      let (head, tail) = (chain[0], chain[chain.count - 1])
      // In the order of the bits, so that equal ones always fall the same way.
      let next = rest.sorted().max {
        max(strength($0, head), strength($0, tail)) < max(strength($1, head), strength($1, tail))
      }
      guard let next else { break }
      rest.remove(next)
      if strength(next, head) > strength(next, tail) {
        chain.insert(next, at: 0)
      } else {
        chain.append(next)
      }
    }
    return chain
  }

  /// Over all pairs of neighbouring steps that are known.
  static func flipRate(of level: TokenLevel) -> [Double]? {
    var flips = [Int](repeating: 0, count: level.bits)
    var compared = 0
    // A few thousand pairs of steps say it as well as all of an hour.
    let stride = max(1, level.steps * level.tokensPerStep / (1 << 20))
    for step in Swift.stride(from: 1, to: level.steps, by: stride) {
      guard let now = level.codes(ofStep: step), let before = level.codes(ofStep: step - 1) else {
        continue
      }
      compared += now.count
      for (a, b) in zip(now, before) {
        var changed = a ^ b
        while changed != 0 {
          let place = changed.trailingZeroBitCount
          if place < level.bits { flips[level.bits - 1 - place] += 1 }
          changed &= changed - 1
        }
      }
    }
    return compared > 0 ? flips.map { Double($0) / Double(compared) } : nil
  }
}
