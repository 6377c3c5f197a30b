import Tokenization

/// What the loss of a run of ours says, stage by stage in windows of steps.
struct LossWatch: Sendable, Equatable {
  private let thresholds: AlertThresholds
  private var stage: String?
  private var terms: Set<String> = []
  private var window: Window
  private var commitment: CommitmentWatch
  private var entropy: EntropySignWatch
  private var rate: LearningRateWatch
  private var markers: [MarkerWatch] = []
  /// Tokens of a step, level 1 first: usage of other numbers of tokens is another usage.
  private var tokens: [Int] = []
  private var drift: [DriftWatch] = []
  private var evaluations = 0

  init(thresholds: AlertThresholds) {
    self.thresholds = thresholds
    window = Window(size: thresholds.windowSteps)
    commitment = CommitmentWatch(thresholds: thresholds)
    entropy = EntropySignWatch(thresholds: thresholds)
    rate = LearningRateWatch(thresholds: thresholds)
  }

  private struct Window: Sendable, Equatable {
    var commitment: WindowMean
    var picture: WindowMean
    var entropy: WindowMean
    var term: WindowMean

    init(size: Int) {
      commitment = WindowMean(of: size)
      (picture, entropy, term) = (commitment, commitment, commitment)
    }
  }

  /// - Parameter isQuantized: false where the decoder sees no codes.
  mutating func add(_ metrics: StepMetrics, isQuantized: Bool) {
    if stage != metrics.stage {
      stage = metrics.stage
      window = Window(size: thresholds.windowSteps)
      commitment = CommitmentWatch(thresholds: thresholds)
      entropy = EntropySignWatch(thresholds: thresholds)
    }
    rate.add(step: metrics.step, rate: metrics.learningRate)
    if isQuantized {
      addCommitment(metrics)
      addEntropy(metrics)
    }
    addUsage(metrics, isQuantized: isQuantized)
    addChanges(metrics)
  }

  private mutating func addCommitment(_ metrics: StepMetrics) {
    guard let term = metrics.terms[LossTerm.commitment.rawValue] else { return }
    let pictures = metrics.terms.filter { LossTerm(rawValue: $0.key)?.judgesPicture == true }
    // Sorted: a dictionary's own order, and with it the last digit, differs from run to run.
    let picture = pictures.sorted { $0.key < $1.key }.reduce(0) {
      $0 + $1.value.value * $1.value.weight
    }
    let pictureMean = window.picture.add(pictures.isEmpty ? .nan : picture)
    guard let mean = window.commitment.add(term.value) else { return }
    commitment.add(
      .init(
        step: metrics.step, commitment: mean,
        picture: pictureMean.flatMap { $0.isFinite ? $0 : nil }))
  }

  private mutating func addEntropy(_ metrics: StepMetrics) {
    let bits = metrics.levels.flatMap(\.bitEntropy)
    guard let term = metrics.terms[LossTerm.entropy.rawValue], term.weight > 0, !bits.isEmpty else {
      return
    }
    let termMean = window.term.add(term.value)
    let mean = window.entropy.add(bits.reduce(0, +) / Double(bits.count))
    guard let mean, let termMean else { return }
    entropy.add(step: metrics.step, entropy: mean, term: termMean)
  }

  private mutating func addUsage(_ metrics: StepMetrics, isQuantized: Bool) {
    let now = metrics.levels.map { $0.tokens ?? Int($0.ceiling.rounded()) }
    if now != tokens || !isQuantized || markers.count != now.count {
      tokens = now
      markers = now.map { _ in MarkerWatch(thresholds: thresholds, size: thresholds.windowSteps) }
      terms = []
    }
    let weighted = Set(metrics.terms.filter { $0.value.weight > 0 }.map(\.key))
    let new = weighted.subtracting(terms)
    if !terms.isEmpty, !new.isEmpty {
      let name = new.sorted().joined(separator: ", ")
      for index in markers.indices { markers[index].mark(name, step: metrics.step) }
    }
    terms = weighted
    for (index, level) in metrics.levels.enumerated() {
      markers[index].add(Double(level.used) / max(level.ceiling, 1))
    }
  }

  private mutating func addChanges(_ metrics: StepMetrics) {
    guard let flips = metrics.validation?.flips else { return }
    if drift.count != flips.count {
      drift = flips.map { _ in DriftWatch(thresholds: thresholds, limit: thresholds.flippedBits) }
      evaluations = 0
    }
    evaluations += 1
    for (index, share) in flips.enumerated() { drift[index].add(step: metrics.step, share: share) }
  }

  var alerts: [Alert] {
    let steps = "means of \(thresholds.windowSteps) steps"
    let levels = markers.indices.compactMap { index in
      markers[index].alert(
        name: "usage", level: index + 1, isShare: true,
        basis: "different codes of \(tokens[index]) tokens over as many as chance would use; "
          + steps)
    }
    let changes = drift.indices.compactMap { index in
      drift[index].alert(
        name: "of the bits", level: index + 1,
        basis: "bits of all held-out clips, \(evaluations) evaluations compared")
    }
    return commitment.alerts(name: "commitment", basis: steps)
      + [
        entropy.alert(basis: "mean entropy of all bits of a step; " + steps),
        rate.alert(name: "the learning rate"),
      ].compactMap(\.self) + levels + changes
  }
}
