/// One number that a run writes at its steps.
package enum TrainMetric: Hashable, Sendable {
  case loss
  case term(String)
  case weight(String)
  case learningRate
  case gradientNorm
  case framesPerSecond
  case dataWait
  case stepSeconds
  case memory
  case validationLoss
  case validationPSNR
  /// What a sentence is worth to a prior, in nats a group.
  case textGain
  case level(Int, TrainLevelMetric)
  /// Of another program, under its own name.
  case named(String)
}

/// One number of a level of the pyramid.
package enum TrainLevelMetric: String, CaseIterable, Hashable, Sendable {
  /// Used codes over their ceiling.
  case usage
  /// Mean entropy of a bit.
  case bitEntropy
  /// The share of z that the entropy loss still moves.
  case inReach
  /// Root mean square of z − q.
  case residual
  /// Of a prior: the share of masked bits that it has right, and what always saying the more
  /// frequent one is worth.
  case bitAccuracy
  case majorityBitAccuracy
  /// Of a prior: the share of tokens with masked groups that it has wholly right.
  case tokenAccuracy
  /// Of another program, as it logs them.
  case loggedUsage
  case activeCodes
  case perplexity
  case entropy

  var title: String {
    switch self {
    case .usage: "used of ceiling"
    case .bitEntropy: "entropy of a bit"
    case .inReach: "z in reach of entropy"
    case .residual: "residual, rms"
    case .bitAccuracy: "masked bits right"
    case .majorityBitAccuracy: "masked bits, majority"
    case .tokenAccuracy: "masked tokens right"
    case .loggedUsage: "usage, as logged"
    case .activeCodes: "active codes"
    case .perplexity: "perplexity"
    case .entropy: "entropy, as logged"
    }
  }

  /// What the strips reach from and to; nil goes by the values.
  var range: ClosedRange<Double>? {
    switch self {
    case .residual, .loggedUsage, .activeCodes, .perplexity, .entropy: nil
    default: 0...1
    }
  }
}

/// A metric over the steps, where it was written.
package struct MetricColumn: Equatable, Sendable {
  package private(set) var steps: [Int32] = []
  package private(set) var values: [Float] = []
  /// What every `blockLength` places come to, so that drawing does not depend on how many there are.
  private var blocks: [MetricSummary] = []
  private static let blockLength = 64

  package var count: Int { steps.count }
  package var last: Double? { values.last.map(Double.init) }

  mutating func append(_ value: Double, step: Int) {
    if values.count.isMultiple(of: Self.blockLength) { blocks.append(MetricSummary()) }
    steps.append(Int32(clamping: step))
    values.append(Float(value))
    blocks[blocks.count - 1].add(Float(value))
  }

  /// What a range of places comes to.
  func summary(of range: Range<Int>) -> MetricSummary {
    var summary = MetricSummary()
    var index = range.lowerBound
    while index < range.upperBound {
      let end = index + Self.blockLength
      if index.isMultiple(of: Self.blockLength), end <= range.upperBound {
        summary.add(blocks[index / Self.blockLength])
        index = end
      } else {
        summary.add(values[index])
        index += 1
      }
    }
    return summary
  }

  /// The lowest or highest value and its step, the first of equals.
  func best(isLow: Bool) -> (step: Int, value: Double)? {
    let summary = summary(of: 0..<count)
    guard summary.count > 0 else { return nil }
    let value = isLow ? summary.low : summary.high
    let block = blocks.firstIndex { (isLow ? $0.low : $0.high) == value } ?? 0
    guard let index = values[(block * Self.blockLength)...].firstIndex(of: value) else {
      return nil
    }
    return (Int(steps[index]), Double(value))
  }

  /// How many places lie before the first step that is at least `step`.
  func count(before step: Int) -> Int {
    var (low, high) = (0, steps.count)
    while low < high {
      let middle = (low + high) / 2
      if Int(steps[middle]) < step { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The value at a step, or the last one before it.
  func value(at step: Int) -> (step: Int, value: Double)? {
    let index = count(before: step + 1) - 1
    return index < 0 ? nil : (Int(steps[index]), Double(values[index]))
  }
}

/// Extremes and sum of some values; what is no number only leaves a mark.
struct MetricSummary: Equatable, Sendable {
  private(set) var low = Float.infinity
  private(set) var high = -Float.infinity
  private(set) var sum = 0.0
  private(set) var count = 0
  private(set) var isBroken = false

  mutating func add(_ value: Float) {
    guard value.isFinite else {
      isBroken = true
      return
    }
    low = min(low, value)
    high = max(high, value)
    sum += Double(value)
    count += 1
  }

  mutating func add(_ other: MetricSummary) {
    low = min(low, other.low)
    high = max(high, other.high)
    sum += other.sum
    count += other.count
    isBroken = isBroken || other.isBroken
  }
}
