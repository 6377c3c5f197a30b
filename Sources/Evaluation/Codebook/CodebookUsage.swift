/// Counts the codes of every level over any number of clips; asked for a diagnosis at any time.
///
///     var usage = CodebookUsage(bits: 16)
///     usage.add(grid.codes, level: grid.level)
///     usage.diagnosis().alerts
package struct CodebookUsage: Sendable, Equatable {
  /// By level; only levels that were given codes.
  package private(set) var histograms: [Int: CodeHistogram] = [:]
  private let empty: CodeHistogram

  /// For codes of sign bits.
  package init(bits: Int) { empty = CodeHistogram(bits: bits) }

  /// For codes that are plain numbers.
  package init(codes: Int) { empty = CodeHistogram(codes: codes) }

  package var codebookSize: Int { empty.codebookSize }
  package var bits: Int? { empty.bits }

  package mutating func add(_ codes: some Sequence<UInt32>, level: Int) {
    histograms[level, default: empty].add(codes)
  }

  package mutating func add(_ other: CodebookUsage) {
    for (level, histogram) in other.histograms { histograms[level, default: empty].add(histogram) }
  }

  /// `seed` draws the shuffled columns against which correlation between bits is judged.
  package func diagnosis(seed: UInt64 = 0) -> CodebookDiagnosis {
    CodebookDiagnosis(
      levels: histograms.sorted { $0.key < $1.key }
        .map { LevelDiagnosis(level: $0.key, histogram: $0.value, seed: seed) })
  }
}
