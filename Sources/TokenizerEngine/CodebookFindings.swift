import Evaluation
import Tensors
import Tokenization

package typealias CodebookAlert = Tokenization.Alert
package typealias CodebookThresholds = Tokenization.AlertThresholds

/// What is wrong with how the codes are used, and the figures that are too dear for every chunk.
package struct CodebookFindings: Sendable, Equatable {
  package struct Level: Sendable, Equatable {
    package var level: Int
    /// The joint entropy, in bits, of the same bits shuffled one by one, less that of the codes:
    /// how much bits repeat each other beyond what so few tokens show by chance.
    package var excessTotalCorrelation: Double?
    /// The least-squares slope of ln count over ln rank; nil for fewer than two codes.
    package var zipfSlope: Double?
    /// The same of as many uniform draws from the whole book.
    package var uniformZipfSlope: Double?
    package var relations: BitRelations?
    /// Nil where no values before the sign are kept.
    package var margins: MarginStatistics?
    /// In the order of time.
    package var windows: [UsageWindow] = []
  }

  /// Level 1 first.
  package var levels: [Level]
  /// The gravest first.
  package var alerts: [CodebookAlert]
  /// How many tokens of a level were looked at, where it has more.
  package var sampledTokens: Int?

  package static let mostTokens = 1 << 20

  package init(levels: [Level], alerts: [CodebookAlert], sampledTokens: Int? = nil) {
    self.levels = levels
    self.alerts = alerts
    self.sampledTokens = sampledTokens
  }

  /// From how often each code of each level was seen.
  package init(_ pyramid: TokenPyramid, thresholds: AlertThresholds = AlertThresholds()) {
    var random = RandomSource(seed: 0)
    var diagnoses: [LevelDiagnosis] = []
    levels = []
    sampledTokens = nil
    for level in pyramid.levels where level.knownTokens > 0 {
      if level.knownTokens > Self.mostTokens { sampledTokens = Self.mostTokens }
      let histogram = Self.histogram(of: level, random: &random)
      let diagnosis = LevelDiagnosis(level: level.level, histogram: histogram)
      diagnoses.append(diagnosis)
      levels.append(
        Level(
          level: level.level,
          excessTotalCorrelation: diagnosis.bitStatistics?.excessTotalCorrelation,
          zipfSlope: diagnosis.spectrum?.zipfSlope,
          uniformZipfSlope: diagnosis.spectrum?.uniformZipfSlope,
          relations: diagnosis.bitStatistics.map {
            BitRelations(
              correlation: $0.correlation, flipRate: BitRelations.flipRate(of: level))
          },
          margins: MarginStatistics(of: level), windows: UsageWindow.windows(of: level)))
    }
    alerts = CodebookDiagnosis(levels: diagnoses, thresholds: thresholds).alerts
  }

  /// All tokens, or a random share of them.
  private static func histogram(
    of level: TokenLevel, random: inout RandomSource
  ) -> CodeHistogram {
    var histogram = CodeHistogram(bits: level.bits)
    let share = min(1, Double(mostTokens) / Double(max(1, level.knownTokens)))
    for (code, count) in level.counts.enumerated() where count > 0 {
      let times = share < 1 ? Int(Double(count) * share + random.uniform()) : Int(count)
      histogram.add(UInt32(code), times: times)
    }
    return histogram
  }
}
