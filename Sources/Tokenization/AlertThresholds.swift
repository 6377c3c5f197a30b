import FoundationEssentials
import Tensors

/// When the numbers of a codebook or of a training run become alerts.
///
/// As a file it is a JSON object with any of the fields below in snake_case, such as
/// `{"dead_share": 0.05}`; what is not there keeps its value.
package struct AlertThresholds: Sendable, Equatable, Codable {
  // MARK: Windows

  /// Steps of a run's window, at least.
  package var windowSteps = 10
  /// Tokens of a level that a window needs.
  package var windowTokens = 256
  /// Windows of a run's beginning that are not judged: random weights use few codes.
  package var graceWindows = 2
  /// Windows in a row after which an alert of a codebook rises.
  package var riseWindows = 2
  /// An alert of a codebook falls only when its rule would not hold with thresholds so many times
  /// as strict.
  package var clearFactor = 1.25

  // MARK: Bits

  /// P(1) within this distance of 0 or 1 is a dead bit.
  package var deadShare = 0.02
  /// Windows after which a run's bit counts as dead.
  package var deadWindows = 3
  /// |φ| above which two bits say the same.
  package var duplicateCorrelation = 0.95
  /// Excess total correlation over the sum of the bit entropies.
  package var correlatedShare = 0.2
  /// Bits that all have this entropy look fine one by one.
  package var fineBitEntropy = 0.9
  /// |mean of the product of three or more signs| beyond what smaller sets explain.
  package var parityCorrelation = 0.5

  // MARK: Codes

  /// Tokens of a level below which nothing but the small sample is reported.
  package var enoughTokens = 32
  /// Used codes over their ceiling.
  package var collapsedUsage = 0.3
  /// Usage that is a collapse even if it never was higher.
  package var lostUsage = 0.05
  /// What is left of the best usage when it counts as falling.
  package var fallenUsage = 0.7
  package var collapseWindows = 2
  /// The coarsest level's usage over the finest level's.
  package var coarseRatio = 0.5
  /// Different codes of a clip, less one, over as many of random tokens, less one.
  package var clipShare = 0.1

  // MARK: Values before the sign

  /// The share of z that the entropy term reaches.
  package var saturatedReach = 0.03
  package var saturatedWindows = 2
  /// The median of the entropy term's gradient over that of the picture's.
  ///
  /// Of medians, not norms: with a steep slope the few z beside 0 get a huge gradient and all
  /// others none.
  package var inertRatio = 1e-4
  package var inertWindows = 2
  /// Share of the highest entropy that there could be, at which more is not to be had.
  package var cappedEntropy = 0.98
  /// The residual's root mean square behind a stage over that before it.
  package var residualRise = 1.0
  /// What the decoder saw may differ so much from what its integers stand for.
  package var leakDifference = 1e-3

  // MARK: Numbers of a run

  /// What is left of the commitment loss, of its highest in the three windows before, when it has
  /// gone.
  package var vanishedLoss = 0.05
  /// What is left of the picture's loss when the picture has become better.
  package var improvedPicture = 0.8
  /// The commitment loss over its lowest in the windows before.
  package var commitmentRise = 1.5
  package var commitmentWindows = 5
  /// What is left of the best batch entropy when it counts as falling.
  package var entropyFall = 0.9
  package var leastLearningRate = 1e-8
  /// Windows in which a rate may still rise from nothing.
  package var warmUpWindows = 10
  /// The share of usage that is lost when a term of the loss, such as a discriminator's, comes in.
  package var markerDrop = 0.2
  /// Windows behind the change of the loss in which it may be to blame.
  package var markerWindows = 10
  /// The share of a clip's bits that differ from the evaluation before.
  package var flippedBits = 0.2
  /// The same of whole tokens, where a program logs those.
  package var changedTokens = 0.5
  /// Evaluations of a run's beginning whose changes are not judged.
  package var driftGrace = 3

  package init() {}

  enum CodingKeys: String, CodingKey, CaseIterable {
    case windowSteps = "window_steps"
    case windowTokens = "window_tokens"
    case graceWindows = "grace_windows"
    case riseWindows = "rise_windows"
    case clearFactor = "clear_factor"
    case deadShare = "dead_share"
    case deadWindows = "dead_windows"
    case duplicateCorrelation = "duplicate_correlation"
    case correlatedShare = "correlated_share"
    case fineBitEntropy = "fine_bit_entropy"
    case parityCorrelation = "parity_correlation"
    case enoughTokens = "enough_tokens"
    case collapsedUsage = "collapsed_usage"
    case lostUsage = "lost_usage"
    case fallenUsage = "fallen_usage"
    case collapseWindows = "collapse_windows"
    case coarseRatio = "coarse_ratio"
    case clipShare = "clip_share"
    case saturatedReach = "saturated_reach"
    case saturatedWindows = "saturated_windows"
    case inertRatio = "inert_ratio"
    case inertWindows = "inert_windows"
    case cappedEntropy = "capped_entropy"
    case residualRise = "residual_rise"
    case leakDifference = "leak_difference"
    case vanishedLoss = "vanished_loss"
    case improvedPicture = "improved_picture"
    case commitmentRise = "commitment_rise"
    case commitmentWindows = "commitment_windows"
    case entropyFall = "entropy_fall"
    case leastLearningRate = "least_learning_rate"
    case warmUpWindows = "warm_up_windows"
    case markerDrop = "marker_drop"
    case markerWindows = "marker_windows"
    case flippedBits = "flipped_bits"
    case changedTokens = "changed_tokens"
    case driftGrace = "drift_grace"
  }
}

extension AlertThresholds {
  /// Stricter ones: where no rule holds with these, numbers are clearly good again.
  package var clearing: AlertThresholds {
    var result = self
    for field in [
      \AlertThresholds.deadShare, \.collapsedUsage, \.lostUsage, \.coarseRatio, \.clipShare,
      \.saturatedReach,
    ] { result[keyPath: field] *= clearFactor }
    for field in [
      \AlertThresholds.correlatedShare, \.parityCorrelation, \.leakDifference,
    ] { result[keyPath: field] /= clearFactor }
    // Of what is left to 1, as a correlation of 0.95 divided by the factor is still a strong one.
    result.duplicateCorrelation = 1 - (1 - duplicateCorrelation) * clearFactor
    result.residualRise = 1 + (residualRise - 1) / clearFactor
    return result
  }
}

// MARK: - The file

extension AlertThresholds {
  /// Throws `TokenizationError.badThresholds` with one line for whatever is wrong with the file.
  package init(path: String) throws {
    let bytes = try WholeFile.read(path, limit: 1 << 20)
    try self.init(json: bytes, path: path)
  }

  package init(json: [UInt8], path: String) throws {
    func fault(_ reason: String) -> TokenizationError {
      .badThresholds(path: path, reason: reason)
    }
    guard let given = try? JSONDecoder().decode([String: Double].self, from: Data(json)) else {
      throw fault("it is no JSON object of names and numbers")
    }
    let names = CodingKeys.allCases.map(\.stringValue)
    if let unknown = given.keys.sorted().first(where: { !names.contains($0) }) {
      let nearest = NearestName.find(unknown, in: names.sorted())
      throw fault("it has no field \(unknown.quotedForMessage); did you mean “\(nearest)”?")
    }
    let whole = given.keys.sorted().first { name in
      AlertThresholds.whole.contains { $0.key.stringValue == name }
        && given[name] != given[name]?.rounded()
    }
    if let whole { throw fault("“\(whole)” must be a whole number") }
    do {
      var fields = try JSONDecoder().decode(
        [String: Double].self, from: JSONEncoder().encode(AlertThresholds()))
      fields.merge(given) { $1 }
      self = try JSONDecoder().decode(Self.self, from: JSONEncoder().encode(fields))
    } catch is DecodingError {
      throw fault("it has a number that is too large")
    }
    if let problem { throw fault(problem) }
  }

  /// Whole numbers, and the least that each may be.
  private static var whole: [(key: CodingKeys, least: Int, field: KeyPath<Self, Int>)] {
    [
      (.windowSteps, 1, \.windowSteps), (.windowTokens, 1, \.windowTokens),
      (.graceWindows, 0, \.graceWindows), (.riseWindows, 1, \.riseWindows),
      (.deadWindows, 1, \.deadWindows), (.enoughTokens, 1, \.enoughTokens),
      (.collapseWindows, 1, \.collapseWindows), (.saturatedWindows, 1, \.saturatedWindows),
      (.inertWindows, 1, \.inertWindows), (.commitmentWindows, 1, \.commitmentWindows),
      (.warmUpWindows, 0, \.warmUpWindows), (.markerWindows, 1, \.markerWindows),
      (.driftGrace, 0, \.driftGrace),
    ]
  }

  private static var shares: [(key: CodingKeys, field: KeyPath<Self, Double>)] {
    [
      (.deadShare, \.deadShare), (.duplicateCorrelation, \.duplicateCorrelation),
      (.correlatedShare, \.correlatedShare), (.fineBitEntropy, \.fineBitEntropy),
      (.parityCorrelation, \.parityCorrelation), (.collapsedUsage, \.collapsedUsage),
      (.lostUsage, \.lostUsage), (.fallenUsage, \.fallenUsage), (.coarseRatio, \.coarseRatio),
      (.clipShare, \.clipShare), (.saturatedReach, \.saturatedReach),
      (.cappedEntropy, \.cappedEntropy), (.vanishedLoss, \.vanishedLoss),
      (.improvedPicture, \.improvedPicture), (.entropyFall, \.entropyFall),
      (.markerDrop, \.markerDrop), (.flippedBits, \.flippedBits),
      (.changedTokens, \.changedTokens),
    ]
  }

  private static var sizes: [(key: CodingKeys, field: KeyPath<Self, Double>)] {
    [
      (.inertRatio, \.inertRatio), (.residualRise, \.residualRise),
      (.leakDifference, \.leakDifference), (.leastLearningRate, \.leastLearningRate),
      (.commitmentRise, \.commitmentRise),
    ]
  }

  private var problem: String? {
    if let bad = Self.shares.first(where: { !(0...1).contains(self[keyPath: $0.field]) }) {
      return "“\(bad.key.stringValue)” must be in 0…1"
    }
    let counts = Self.whole.first { !($0.least...1_000_000_000).contains(self[keyPath: $0.field]) }
    if let counts { return "“\(counts.key.stringValue)” must be at least \(counts.least)" }
    guard (1...10).contains(clearFactor) else { return "“clear_factor” must be in 1…10" }
    let size = Self.sizes.first {
      !(self[keyPath: $0.field] >= 0 && self[keyPath: $0.field].isFinite)
    }
    return size.map { "“\($0.key.stringValue)” must not be below 0" }
  }
}
