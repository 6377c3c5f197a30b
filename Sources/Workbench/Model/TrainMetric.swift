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
  case level(Int, TrainLevelMetric)
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

  var title: String {
    switch self {
    case .usage: "used of ceiling"
    case .bitEntropy: "entropy of a bit"
    case .inReach: "z in reach of entropy"
    case .residual: "residual, rms"
    }
  }

  /// What the strips reach from and to; nil goes by the values.
  var range: ClosedRange<Double>? { self == .residual ? nil : 0...1 }
}

/// A metric over the steps, where it was written.
package struct MetricColumn: Equatable, Sendable {
  package private(set) var steps: [Int32] = []
  package private(set) var values: [Float] = []

  package var count: Int { steps.count }
  package var last: Double? { values.last.map(Double.init) }

  mutating func append(_ value: Double, step: Int) {
    steps.append(Int32(clamping: step))
    values.append(Float(value))
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
