/// How often a judge saw what was asked for, in pictures of several origins.
package struct PromptScore: Sendable, Equatable {
  /// Where the pictures come from.
  package enum Row: String, CaseIterable, Sendable {
    /// The clip that was asked for, as it was drawn.
    case truth = "true clips"
    /// The same, encoded and decoded: the most that can be hoped for.
    case reconstruction = "reconstruction (ceiling)"
    /// The clip before the edit, encoded and decoded.
    case unchanged = "no change"
    case prompted = "prior, prompt"
    /// Made from another prompt, and judged by the words of the right one.
    case wronglyPrompted = "prior, wrong prompt"
  }

  package let aspect: PromptAspect
  /// Told by mean or median colours instead of the trained network.
  package let isStatistics: Bool
  package private(set) var matrices: [Row: ConfusionMatrix] = [:]

  package init(aspect: PromptAspect, isStatistics: Bool) {
    self.aspect = aspect
    self.isStatistics = isStatistics
  }

  package mutating func add(_ row: Row, asked: Int, seen: Int, classes: [String]) {
    matrices[row, default: ConfusionMatrix(classes: classes)].add(asked: asked, seen: seen)
  }

  /// NaN where nothing was judged.
  package func accuracy(_ row: Row) -> Double { matrices[row]?.accuracy ?? .nan }

  /// The prompted pictures' accuracy over that of the reconstructions.
  package var shareOfCeiling: Double { accuracy(.prompted) / accuracy(.reconstruction) }

  package var count: Int { matrices[.truth]?.total ?? 0 }

  /// What one answer for all, or an even draw, is worth.
  package var chance: Double { matrices[.truth]?.chance ?? .nan }

  /// Half the width of the interval in which the prompted accuracy lies with 95 % (Wilson, 1927).
  package var margin: Double {
    let n = Double(matrices[.prompted]?.total ?? 0)
    guard n > 0 else { return .nan }
    let (p, z) = (accuracy(.prompted), 1.96)
    return z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
  }
}
