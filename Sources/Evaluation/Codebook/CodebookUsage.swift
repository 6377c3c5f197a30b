import Tokenization

/// Counts the codes of every level over any number of clips; asked for a diagnosis at any time.
///
///     var usage = CodebookUsage(bits: 16)
///     usage.add(grid.codes, level: grid.level)
///     usage.diagnosis().alerts
package struct CodebookUsage: Sendable, Equatable {
  /// By level; only levels that were given codes.
  package private(set) var histograms: [Int: CodeHistogram] = [:]
  /// By level; only levels that were given whole clips.
  package private(set) var clips: [Int: ClipSpread] = [:]
  /// By level; only levels whose values before the sign are known.
  package private(set) var latents: [Int: LatentStatistics] = [:]
  package private(set) var leak: LeakCheck?
  private let empty: CodeHistogram

  /// For codes of sign bits.
  package init(bits: Int) { empty = CodeHistogram(bits: bits) }

  /// For codes that are plain numbers.
  package init(codes: Int) { empty = CodeHistogram(codes: codes) }

  /// For codes of finite scalars, as `CodeHistogram` has them.
  package init(dimensions: [Int]) { empty = CodeHistogram(dimensions: dimensions) }

  package var codebookSize: Int { empty.codebookSize }
  package var bits: Int? { empty.bits }
  package var dimensions: [Int]? { empty.dimensions }

  /// Whether both count the same codes.
  package func fits(_ other: CodebookUsage) -> Bool { empty == other.empty }

  package mutating func add(_ codes: some Sequence<UInt32>, level: Int) {
    histograms[level, default: empty].add(codes)
  }

  package mutating func add(_ code: UInt32, times: Int, level: Int) {
    histograms[level, default: empty].add(code, times: times)
  }

  /// All codes of one clip, which also tell how much it varies within.
  package mutating func addClip(_ codes: some Sequence<UInt32>, level: Int) {
    var clip = empty
    clip.add(codes)
    histograms[level, default: empty].add(clip)
    addClip(tokens: clip.tokens, used: clip.used, level: level)
  }

  /// What is known of a clip whose codes were added otherwise.
  package mutating func addClip(tokens: Int, used: Int, level: Int) {
    clips[level, default: ClipSpread()]
      .addClip(tokens: tokens, used: used, codebookSize: codebookSize)
  }

  package mutating func add(_ statistics: LatentStatistics, level: Int) {
    latents[level, default: LatentStatistics(slope: statistics.slope)].add(statistics)
  }

  package mutating func add(_ check: LeakCheck) {
    leak = leak ?? LeakCheck()
    leak?.add(check)
  }

  package mutating func add(_ other: CodebookUsage) {
    for (level, histogram) in other.histograms { histograms[level, default: empty].add(histogram) }
    for (level, spread) in other.clips { clips[level, default: ClipSpread()].add(spread) }
    for (level, statistics) in other.latents { add(statistics, level: level) }
    if let check = other.leak { add(check) }
  }

  /// `seed` draws the shuffled columns against which correlation between bits is judged.
  package func diagnosis(
    seed: UInt64 = 0, thresholds: AlertThresholds = AlertThresholds()
  ) -> CodebookDiagnosis {
    CodebookDiagnosis(
      levels: histograms.sorted { $0.key < $1.key }.map {
        LevelDiagnosis(
          level: $0.key, histogram: $0.value, seed: seed, clips: clips[$0.key],
          latents: latents[$0.key])
      },
      leak: leak, thresholds: thresholds)
  }
}
