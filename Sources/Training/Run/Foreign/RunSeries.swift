/// Numbers under one name of another program, over rising steps.
package struct RunSeries: Sendable, Equatable {
  package var tag: String
  package var role: NumberRole
  package var steps: [Int32]
  package var values: [Double]

  package init(tag: String, role: NumberRole, steps: [Int32] = [], values: [Double] = []) {
    self.tag = tag
    self.role = role
    self.steps = steps
    self.values = values
  }
}

/// One name's numbers, where they come from, and how many of them were told.
struct ForeignColumn: Sendable {
  private(set) var series: RunSeries
  private(set) var watch: UsageWatch?
  /// The name of the file that the last number came from: the newest that has this name.
  private var source: String
  private var told = 0
  private var isWatchStale = false

  init(tag: String, role: NumberRole, source: String) {
    series = RunSeries(tag: tag, role: role)
    watch = UsageWatch(tag: tag, role: role)
    self.source = source
  }

  /// Says whether numbers that were told are taken back: a run that goes on from an earlier step
  /// writes the steps behind it again.
  mutating func add(step: Int32, value: Double, source: String) -> Bool {
    guard source >= self.source else { return false }
    let isTaken = source > self.source
    self.source = source
    var takesBack = false
    if let last = series.steps.last, step < last || isTaken && step == last {
      // From the end: as many are looked at as are removed.
      let kept = (series.steps.lastIndex { $0 < step } ?? -1) + 1
      series.steps.removeSubrange(kept...)
      series.values.removeSubrange(kept...)
      takesBack = kept < told
      told = min(told, kept)
      isWatchStale = true
    }
    series.steps.append(step)
    series.values.append(value)
    if !isWatchStale { watch?.add(step: Int(step), value: value) }
    return takesBack
  }

  /// Judges all numbers anew where some were taken back, and says whether that was so.
  mutating func watchAgain() -> Bool {
    guard isWatchStale else { return false }
    isWatchStale = false
    watch = UsageWatch(tag: series.tag, role: series.role)
    for (step, value) in zip(series.steps, series.values) {
      watch?.add(step: Int(step), value: value)
    }
    return true
  }

  /// What was not told yet, or all; nil if there is nothing.
  mutating func take(all: Bool) -> RunSeries? {
    let first = all ? 0 : told
    told = series.steps.count
    guard first < told else { return nil }
    return RunSeries(
      tag: series.tag, role: series.role, steps: Array(series.steps[first...]),
      values: Array(series.values[first...]))
  }
}
