import Tokenization

/// Judges the numbers of another program's run by the same rules as those of ours; what is not
/// logged is not judged.
///
/// The first name of a kind counts. A window is so many logged values in a row, and values under
/// other names belong to it by their steps.
struct ForeignRules: Sendable {
  private let thresholds: AlertThresholds
  private var names: [WatchedNumber: String] = [:]
  private var known = 0
  private var rate: LearningRateWatch
  private var commitment: CommitmentWatch
  private var entropy: EntropySignWatch
  private var usage: [Usage] = []
  private var changes: [Changes] = []
  /// Where the first value that is not 0 stands.
  private var marker: (name: String, step: Int)?
  /// How many values of each name were judged.
  private var read: [String: Int] = [:]

  private struct Usage: Sendable {
    let tag: String
    let level: Int?
    var watch: MarkerWatch
    var isMarked = false
  }

  private struct Changes: Sendable {
    let tag: String
    let level: Int?
    let ofBits: Bool
    var watch: DriftWatch
  }

  init(thresholds: AlertThresholds) {
    self.thresholds = thresholds
    rate = LearningRateWatch(thresholds: thresholds)
    commitment = CommitmentWatch(thresholds: thresholds)
    entropy = EntropySignWatch(thresholds: thresholds)
  }

  /// Judges what is new.
  ///
  /// - Parameter tags: all names, in the order in which they came.
  mutating func judge(_ tags: [String], _ columns: [String: ForeignColumn]) {
    for tag in tags[known...] { take(tag, columns[tag]) }
    known = tags.count
    func series(_ number: WatchedNumber) -> RunSeries? {
      names[number].flatMap { columns[$0]?.series }
    }
    if let found = series(.learningRate) {
      for index in fresh(found) {
        rate.add(step: Int(found.steps[index]), rate: found.values[index])
      }
    }
    if let found = series(.commitment) {
      let picture = series(.picture)
      for (steps, mean) in windows(of: found) {
        commitment.add(
          .init(step: steps.upperBound, commitment: mean, picture: picture?.mean(over: steps)))
      }
    }
    if let found = series(.batchEntropy), let term = series(.entropyTerm) {
      for (steps, mean) in windows(of: found) {
        guard let value = term.mean(over: steps) else { continue }
        entropy.add(step: steps.upperBound, entropy: mean, term: value)
      }
    }
    if marker == nil, let found = series(.adversary) { mark(found) }
    for index in usage.indices { judgeUsage(index, columns) }
    for index in changes.indices { judgeChanges(index, columns) }
  }

  private mutating func take(_ tag: String, _ column: ForeignColumn?) {
    guard let role = column?.series.role, let number = WatchedNumber(tag: tag, role: role) else {
      return
    }
    switch number {
    case .usage(let level):
      let watch = MarkerWatch(thresholds: thresholds, size: UsageWatch.run)
      usage.append(Usage(tag: tag, level: level, watch: watch))
    case .changes(let ofBits, let level):
      let limit = ofBits ? thresholds.flippedBits : thresholds.changedTokens
      changes.append(
        Changes(
          tag: tag, level: level, ofBits: ofBits,
          watch: DriftWatch(thresholds: thresholds, limit: limit)))
    default:
      if names[number] == nil { names[number] = tag }
    }
  }

  /// The values that were not judged yet.
  private mutating func fresh(_ series: RunSeries) -> Range<Int> {
    let first = read[series.tag, default: 0]
    read[series.tag] = series.values.count
    return min(first, series.values.count)..<series.values.count
  }

  /// The whole windows that were not judged yet: their steps and means.
  private mutating func windows(
    of series: RunSeries
  ) -> [(steps: ClosedRange<Int>, mean: Double)] {
    let size = thresholds.windowSteps
    var first = read[series.tag, default: 0]
    var windows: [(steps: ClosedRange<Int>, mean: Double)] = []
    while first + size <= series.values.count {
      let end = first + size
      let mean = series.values[first..<end].reduce(0, +) / Double(size)
      windows.append((Int(series.steps[first])...Int(series.steps[end - 1]), mean))
      first = end
    }
    read[series.tag] = first
    return windows
  }

  private mutating func mark(_ series: RunSeries) {
    guard let index = fresh(series).first(where: { abs(series.values[$0]) > 1e-9 }) else { return }
    marker = (series.tag, Int(series.steps[index]))
    // Other files may have been read beyond it already.
    for index in usage.indices {
      usage[index].watch.restart()
      read[usage[index].tag] = 0
    }
  }

  private mutating func judgeUsage(_ index: Int, _ columns: [String: ForeignColumn]) {
    guard let series = columns[usage[index].tag]?.series else { return }
    for place in fresh(series) {
      let step = Int(series.steps[place])
      if let marker, !usage[index].isMarked, step >= marker.step {
        usage[index].watch.mark(marker.name, step: marker.step)
        usage[index].isMarked = true
      }
      usage[index].watch.add(series.values[place])
    }
  }

  private mutating func judgeChanges(_ index: Int, _ columns: [String: ForeignColumn]) {
    guard let series = columns[changes[index].tag]?.series else { return }
    for place in fresh(series) {
      changes[index].watch.add(step: Int(series.steps[place]), share: series.values[place])
    }
  }

  // MARK: In words

  var alerts: [Alert] {
    let values = "means of \(thresholds.windowSteps) logged values"
    var found: [Alert] = []
    if let name = names[.commitment] { found += commitment.alerts(name: name, basis: values) }
    if let alert = entropy.alert(basis: values) { found.append(alert) }
    if let name = names[.learningRate], let alert = rate.alert(name: name) { found.append(alert) }
    found += usage.compactMap {
      $0.watch.alert(
        name: $0.tag, level: $0.level, isShare: false,
        basis: "means of \(UsageWatch.run) logged values")
    }
    found += changes.compactMap {
      $0.watch.alert(
        name: $0.ofBits ? "of the bits" : "of the tokens", level: $0.level,
        basis: "\($0.tag), as it was logged")
    }
    return found
  }
}

extension RunSeries {
  /// The mean of the values at these steps, or the last before them; nil where there is neither.
  fileprivate func mean(over range: ClosedRange<Int>) -> Double? {
    let end = place(behind: range.upperBound)
    let start = place(behind: range.lowerBound - 1)
    guard start < end else {
      return end > 0 && values[end - 1].isFinite ? values[end - 1] : nil
    }
    let mean = values[start..<end].reduce(0, +) / Double(end - start)
    return mean.isFinite ? mean : nil
  }

  /// How many steps are no later than this.
  private func place(behind step: Int) -> Int {
    var (low, high) = (0, steps.count)
    while low < high {
      let middle = (low + high) / 2
      if Int(steps[middle]) <= step { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
