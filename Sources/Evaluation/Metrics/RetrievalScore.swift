/// How often a query finds its own candidate among all: recall at 1, 5 and 10, and the median rank.
///
/// Candidates that score alike share their ranks: a recall is what it would be on average if ties were
/// broken by chance, so scores that are all equal give k / N, not 1.
package struct RetrievalScore: Sendable, Equatable {
  package let count: Int
  package let recallAt1: Double
  package let recallAt5: Double
  package let recallAt10: Double
  /// 1 is best; of ties, the middle rank.
  package let medianRank: Double

  /// - Parameter similarities: [N, N], a row a query; its own candidate stands on the diagonal. What is
  ///   not a number is found last.
  package init(_ similarities: [[Float]]) {
    precondition(
      !similarities.isEmpty && similarities.allSatisfy { $0.count == similarities.count },
      "Retrieval needs a square of similarities.")
    let places = similarities.enumerated().map { Place(of: $0, in: $1) }
    count = places.count
    func recall(_ limit: Int) -> Double {
      places.reduce(0) { $0 + $1.chance(within: limit) } / Double(places.count)
    }
    (recallAt1, recallAt5, recallAt10) = (recall(1), recall(5), recall(10))
    let ranks = places.map(\.rank).sorted()
    medianRank = (ranks[(ranks.count - 1) / 2] + ranks[ranks.count / 2]) / 2
  }

  /// Where the own candidate of one query stands.
  private struct Place {
    /// Candidates that score higher.
    var ahead = 0
    /// Candidates that score alike, itself among them.
    var alike = 1

    init(of own: Int, in row: [Float]) {
      let value = row[own]
      for (index, other) in row.enumerated() where index != own {
        if value.isNaN ? !other.isNaN : other > value {
          ahead += 1
        } else if value.isNaN || other == value {
          alike += 1
        }
      }
    }

    var rank: Double { Double(ahead) + Double(alike + 1) / 2 }

    func chance(within limit: Int) -> Double {
      min(1, max(0, Double(limit - ahead) / Double(alike)))
    }
  }
}
